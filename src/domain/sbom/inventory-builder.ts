// SPDX-License-Identifier: Apache-2.0
import { compareText, type Digest, isDigest, type Limits } from "#base";
import type { Distribution, Inventory, Package, Problem, ScanStatus } from "#packages";
import type { DescribedPackage } from "./described-package.ts";
import { SBOM_ANALYZER } from "./property-names.ts";
import type { SbomImage } from "./sbom-image.ts";

/** Raised when the same document would give another inventory. */
const SBOM_ANALYZER_VERSION = "1";

/** Where a document says that a package was seen. */
export interface DescribedPlace {
  readonly path?: string | undefined;
  readonly layer?: string | undefined;
  readonly layerIndex?: number | undefined;
  readonly analyzer?: string | undefined;
}

/** Collects what a document says about one image. */
export class InventoryBuilder {
  readonly #packages: Package[] = [];
  readonly #problems: Problem[] = [];
  readonly #layers: Digest[] = [];
  readonly #document: () => Digest;
  readonly #limits: Limits;
  #distribution: Distribution | undefined;
  #implied: Distribution | undefined;

  /** `document` gives the digest of the document, which stands for a layer that it does not name. */
  constructor(document: () => Digest, limits: Limits) {
    this.#document = document;
    this.#limits = limits;
  }

  /** The distribution as the document states it; that of package URLs counts only without. */
  setDistribution(distribution: Distribution): void {
    this.#distribution ??= distribution;
  }

  addProblem(message: string, code: Problem["code"] = "ENTRY_MALFORMED"): void {
    if (this.#problems.length < this.#limits.maxProblems) {
      this.#problems.push({ code, message });
    }
  }

  /** A package, or what is wrong with it; `undefined` is a component that is no package. */
  add(described: DescribedPackage | string | undefined, place: DescribedPlace): void {
    if (described === undefined) {
      return;
    }
    if (typeof described === "string") {
      this.addProblem(described);
      return;
    }
    if (this.#packages.length >= this.#limits.maxPackages) {
      if (this.#packages.length === this.#limits.maxPackages && !this.#problems.some(isLimit)) {
        this.addProblem(`more than ${this.#limits.maxPackages} packages`, "LIMIT_EXCEEDED");
      }
      return;
    }
    const { found, owner, distribution } = described;
    this.#implied ??= distribution;
    const layer = place.layer !== undefined && isDigest(place.layer) ? place.layer : undefined;
    this.#packages.push({
      ...found,
      evidence: {
        layer: layer ?? this.#document(),
        layerIndex: place.layerIndex ?? (layer === undefined ? 0 : this.#indexOf(layer)),
        path: (place.path ?? "").slice(0, this.#limits.maxPathBytes).replace(/^\/+/, ""),
        analyzer: place.analyzer ?? SBOM_ANALYZER,
      },
      ...(owner === undefined ? {} : { owner }),
    });
  }

  #indexOf(layer: Digest): number {
    const known = this.#layers.indexOf(layer);
    if (known >= 0 || this.#layers.length >= this.#limits.maxDescriptors) {
      return Math.max(0, known);
    }
    return this.#layers.push(layer) - 1;
  }

  /** The image; `own` is what only our documents carry. */
  build(own: {
    readonly image?: Partial<SbomImage["image"]> | undefined;
    readonly status?: ScanStatus | undefined;
    readonly problems?: readonly Problem[] | undefined;
    readonly mediaType: string;
  }): SbomImage {
    const problems = [...(own.problems ?? []), ...this.#problems];
    const stated = own.status ?? "complete";
    const distribution = this.#distribution ?? this.#implied;
    const inventory: Inventory = {
      status: stated === "complete" && this.#problems.length > 0 ? "partial" : stated,
      ...(distribution === undefined ? {} : { distribution }),
      packages: this.#packages.sort(inInventoryOrder),
      problems,
      // Not those that read the image: what they found besides packages is not in the document, so nobody may rely on it.
      analyzers: { [SBOM_ANALYZER]: SBOM_ANALYZER_VERSION },
    };
    return {
      image: {
        digest: own.image?.digest ?? this.#document(),
        mediaType: own.mediaType,
        platform: { os: "unknown", architecture: "unknown" },
        sizeBytes: 0,
        layers: this.#layers.map((diffId) => ({ digest: diffId, diffId, sizeBytes: 0 })),
        ...own.image,
      },
      inventory,
    };
  }
}

function isLimit({ code }: Problem): boolean {
  return code === "LIMIT_EXCEEDED";
}

function inInventoryOrder(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.evidence.path, b.evidence.path) ||
    compareText(a.architecture ?? "", b.architecture ?? "")
  );
}
