// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest, type Limits } from "#base";
import type { Distribution, Problem, ScanStatus } from "#packages";
import { type Fields, fieldsOf, listOf, textOf } from "./fields.ts";
import { PROPERTIES } from "./property-names.ts";
import type { SbomImage } from "./sbom-image.ts";

/** What our own documents say about an image beside its packages. */
export interface OwnImage {
  readonly digest: Digest;
  readonly image: Partial<SbomImage["image"]>;
  readonly distribution?: Distribution;
  readonly status?: ScanStatus;
  readonly problems: readonly Problem[];
}

const STATUSES: readonly string[] = ["complete", "partial", "failed"] satisfies readonly ScanStatus[];
const PROBLEM_CODES: Readonly<Record<Problem["code"], true>> = {
  FILE_MALFORMED: true,
  FILE_TOO_LARGE: true,
  FILE_UNREADABLE: true,
  ENTRY_MALFORMED: true,
  LAYER_UNREADABLE: true,
  LAYER_UNSUPPORTED: true,
  LAYER_DIGEST_MISMATCH: true,
  LAYER_DIFF_ID_MISMATCH: true,
  LAYER_SIZE_MISMATCH: true,
  LIMIT_EXCEEDED: true,
  LINK_UNRESOLVED: true,
  CONFIG_MALFORMED: true,
  PLATFORM_UNSUPPORTED: true,
  MANIFEST_UNREADABLE: true,
  MALWARE_UNCHECKED: true,
};

/** The image that properties of ours describe (a name may occur many times); `undefined` when they describe none. */
export function ownImage(properties: readonly Fields[], limits: Limits): OwnImage | undefined {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const each of properties) {
    const name = textOf(each, "name");
    const value = textOf(each, "value");
    if (name === PROPERTIES.problem && value !== undefined && problems.length < limits.maxProblems) {
      problems.push(problemOf(parseJson(value)));
    } else if (name !== undefined && value !== undefined && !first.has(name)) {
      first.set(name, value);
    }
  }
  const digest = first.get(PROPERTIES.imageDigest);
  const stated = first.get(PROPERTIES.image);
  if (digest === undefined || !isDigest(digest) || stated === undefined) {
    return undefined;
  }
  const described = parseJson(stated);
  const status = first.get(PROPERTIES.status);
  const distribution = fieldsOf(described["distribution"]);
  const id = textOf(distribution, "id");
  const versionId = textOf(distribution, "versionId");
  const prettyName = textOf(distribution, "prettyName");
  return {
    digest,
    image: { digest, ...imageOf(described, limits) },
    problems,
    ...(status !== undefined && isStatus(status) ? { status } : {}),
    ...(id === undefined
      ? {}
      : {
          distribution: {
            id,
            ...(versionId === undefined ? {} : { versionId }),
            ...(prettyName === undefined ? {} : { prettyName }),
          },
        }),
  };
}

function imageOf(described: Fields, limits: Limits): Partial<SbomImage["image"]> {
  const platform = fieldsOf(described["platform"]);
  const os = textOf(platform, "os");
  const architecture = textOf(platform, "architecture");
  const variant = textOf(platform, "variant");
  const osVersion = textOf(platform, "osVersion");
  const mediaType = textOf(described, "mediaType");
  const created = textOf(described, "created");
  return {
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(created === undefined ? {} : { created }),
    sizeBytes: sizeOf(described),
    ...(os === undefined || architecture === undefined
      ? {}
      : {
          platform: {
            os,
            architecture,
            ...(variant === undefined ? {} : { variant }),
            ...(osVersion === undefined ? {} : { osVersion }),
          },
        }),
    layers: listOf(described["layers"]).slice(0, limits.maxDescriptors).flatMap(layerOf),
  };
}

function layerOf(layer: Fields): SbomImage["image"]["layers"] {
  const digest = textOf(layer, "digest") ?? "";
  const diffId = textOf(layer, "diffId") ?? "";
  const createdBy = textOf(layer, "createdBy");
  return isDigest(digest) && isDigest(diffId)
    ? [{ digest, diffId, sizeBytes: sizeOf(layer), ...(createdBy === undefined ? {} : { createdBy }) }]
    : [];
}

function sizeOf({ sizeBytes }: Fields): number {
  return typeof sizeBytes === "number" && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 ? sizeBytes : 0;
}

/** What cannot be read of a problem is a problem all the same: the document must not become more complete by it. */
function problemOf(fields: Fields): Problem {
  const code = textOf(fields, "code") ?? "";
  const path = textOf(fields, "path");
  const layer = textOf(fields, "layer") ?? "";
  return {
    code: isProblemCode(code) ? code : "ENTRY_MALFORMED",
    message: textOf(fields, "message") ?? "a problem of the scan that cannot be read",
    ...(path === undefined ? {} : { path }),
    ...(isDigest(layer) ? { layer } : {}),
  };
}

function isProblemCode(text: string): text is Problem["code"] {
  return Object.hasOwn(PROBLEM_CODES, text);
}

function isStatus(text: string): text is ScanStatus {
  return STATUSES.includes(text);
}

function parseJson(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    // no value of ours then; what it should have said is missing
    return {};
  }
}
