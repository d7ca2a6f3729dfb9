// SPDX-License-Identifier: Apache-2.0
import { OciError, parseImageReference } from "#oci";
import { type AccessSign, readAccessSigns } from "./read-access-signs.ts";
import type { RegistryContainer } from "./registry-container.ts";

/** Where registries listen by habit, and much else does. */
export const REGISTRY_PORT = 5_000;

/** Why something is taken for what it is said to be. */
export interface ExposureEvidence {
  readonly source: "image" | "port" | "label" | "variable" | "command" | "volume" | "service" | "report";
  /** Short; never the value of a variable. */
  readonly value: string;
}

/** A workload that is a container registry, or may be one. */
export interface RegistryTraits {
  /** Absent: nobody can tell which. */
  readonly product?: string;
  /** `sure` only by an image: ports, labels and variables are others' as well. */
  readonly certainty: "sure" | "possible";
  readonly evidence: readonly ExposureEvidence[];
  /** What its containers show about who may do what. */
  readonly signs: readonly AccessSign[];
}

interface Product {
  readonly product: string;
  /** Of the last component of the repository. */
  readonly name: RegExp;
  /** Of the component before it; absent: any, so that a mirror's prefix changes nothing. */
  readonly owner?: RegExp;
}

const PRODUCTS: readonly Product[] = [
  { product: "Harbor", owner: /^goharbor$/, name: /^/ },
  {
    product: "Harbor",
    name: /^(?:harbor-(?:core|portal|jobservice|registryctl|registry|exporter|db|adapter-trivy|notary-server|notary-signer)|(?:nginx|registry|redis|chartmuseum|trivy-adapter|notary-server|notary-signer|clair|clair-adapter)-photon)$/,
  },
  { product: "Distribution", owner: /^(?:library|distribution)$/, name: /^(?:registry|distribution)$/ },
  {
    product: "Distribution",
    name: /^(?:docker-registry|docker-distribution|origin-docker-registry|ose-docker-registry|(?:mirrored-)?library-registry)$/,
  },
  { product: "zot", owner: /^project-zot$/, name: /^zot/ },
  { product: "zot", name: /^zot(?:-(?:minimal-)?(?:linux|darwin|freebsd)-[a-z0-9]+)?$/ },
  { product: "Quay", name: /^quay(?:-rhel[0-9]+)?$/ },
  { product: "Nexus", name: /^nexus[0-9]?$|^nexus-repository(?:-manager|-ha)?$/ },
  { product: "Artifactory", name: /^artifactory(?:-[a-z0-9.-]+)?$/ },
  { product: "Gitea", name: /^gitea(?:-rootless)?$/ },
  { product: "Forgejo", name: /^forgejo(?:-rootless)?$/ },
  { product: "GitLab", name: /^gitlab-(?:ce|ee|container-registry|omnibus-[a-z0-9-]+)$/ },
  { product: "ChartMuseum", name: /^chartmuseum$/ },
  { product: "Pulp", owner: /^pulp$/, name: /^/ },
  { product: "Trow", name: /^trow$/ },
  { product: "Spegel", name: /^spegel$/ },
  { product: "Portus", name: /^portus$/ },
];

/** Our own image runs gates and scanners as well; a registry is what has a port of this name (deploy/helm). */
const OWN_NAME = "haechi";
const OWN_PORT = /^registry/;

/** What people call registries in labels. */
const LABEL_NAMES =
  /^(?:harbor(?:-[a-z]+)?|docker-registry|container-registry|gitlab-registry|registry|zot|quay|nexus3?|nexus-repository-manager|artifactory|chartmuseum|gitea|forgejo)$/;
const LABEL_KEYS = ["app.kubernetes.io/name", "app", "k8s-app"];

/** Variables by which Distribution is configured, and where it stores. */
const DISTRIBUTION_VARIABLE = /^REGISTRY_(?:STORAGE|HTTP|AUTH|PROXY|NOTIFICATIONS)(?:_|$)/;
const DISTRIBUTION_FOLDER = /^\/var\/lib\/registry(?:\/|$)/;
const DISTRIBUTION_FILE = /\/(?:docker|distribution)\/?(?:registry)?\/config\.ya?ml$/;

/**
 * Whether containers that run together are a registry. By the repository of an image, behind any mirror: tags and hosts say nothing, and a
 * label alone is at most "possible", since a tenant writes it and leaves it out.
 */
export function recognizeRegistry(
  containers: readonly RegistryContainer[],
  labels: ReadonlyMap<string, string>,
): RegistryTraits | undefined {
  const known = containers.flatMap((container) => {
    const product = productOf(container);
    return product === undefined ? [] : [{ container, ...product }];
  });
  const sure = known.filter(({ isSure }) => isSure);
  const [best] = [...sure, ...known];
  const hints = [...containers.flatMap(hintsOf), ...labelHints(labels)];
  if (best === undefined && hints.length === 0) {
    return undefined;
  }
  const product = best?.product ?? (hints.some(({ source }) => isOfDistribution(source)) ? "Distribution" : undefined);
  // what is a registry by its image needs no hints; without one, every container may be it
  const evidence = known.map(({ container }) => ({ source: "image", value: container.image }) as const);
  const own = known.length === 0 ? containers.map((container) => ({ container, product })) : known;
  return {
    ...(product === undefined ? {} : { product }),
    certainty: sure.length > 0 ? "sure" : "possible",
    evidence: [...evidence, ...(sure.length > 0 ? [] : hints)].slice(0, MAX_EVIDENCE),
    signs: own.flatMap((each) => readAccessSigns(each.product, each.container)),
  };
}

const MAX_EVIDENCE = 20;

function productOf({
  image,
  ports,
}: RegistryContainer): { readonly product: string; readonly isSure: boolean } | undefined {
  const components = componentsOf(image);
  const [name = "", owner = ""] = components.toReversed();
  const found = PRODUCTS.find((each) => each.name.test(name) && (each.owner === undefined || each.owner.test(owner)));
  if (found !== undefined) {
    return { product: found.product, isSure: true };
  }
  if (name === OWN_NAME) {
    return ports.some((port) => OWN_PORT.test(port.name)) ? { product: "Haechi", isSure: true } : undefined;
  }
  // `registry` of somebody else may be one of schemas or services
  return name === "registry" ? { product: "Distribution", isSure: components.length === 1 } : undefined;
}

/** The components of the repository, without the host; of what no runtime would pull, what stands between the slashes. */
function componentsOf(image: string): readonly string[] {
  try {
    return parseImageReference(image).repository.split("/");
  } catch (error) {
    if (!(error instanceof OciError)) {
      throw error;
    }
    return image
      .slice(0, MAX_IMAGE)
      .toLowerCase()
      .replace(/@.*$/, "")
      .replace(/:[^/:]*$/, "")
      .split("/");
  }
}

const MAX_IMAGE = 4_096;

function hintsOf({ ports, variables, words, mountPaths }: RegistryContainer): readonly ExposureEvidence[] {
  const variable = [...variables.keys()].find((name) => DISTRIBUTION_VARIABLE.test(name));
  const word = words.find((each, at) => DISTRIBUTION_FILE.test(each) || isServe(each, words[at + 1]));
  const folder = mountPaths.find((path) => DISTRIBUTION_FOLDER.test(path));
  return [
    ...(variable === undefined ? [] : [{ source: "variable", value: variable } as const]),
    ...(word === undefined ? [] : [{ source: "command", value: word.slice(0, 100) } as const]),
    ...(folder === undefined ? [] : [{ source: "volume", value: folder.slice(0, 100) } as const]),
    ...(ports.some(({ number }) => number === REGISTRY_PORT)
      ? [{ source: "port", value: String(REGISTRY_PORT) } as const]
      : []),
  ];
}

function isOfDistribution(source: ExposureEvidence["source"]): boolean {
  return source === "variable" || source === "command" || source === "volume";
}

function isServe(word: string, next: string | undefined): boolean {
  return (word === "registry" || word.endsWith("/registry")) && next === "serve";
}

function labelHints(labels: ReadonlyMap<string, string>): readonly ExposureEvidence[] {
  const key = LABEL_KEYS.find((each) => LABEL_NAMES.test(labels.get(each) ?? ""));
  return key === undefined ? [] : [{ source: "label", value: `${key}=${labels.get(key) ?? ""}` }];
}
