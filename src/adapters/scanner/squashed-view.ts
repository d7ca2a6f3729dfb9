// SPDX-License-Identifier: Apache-2.0
import type { Limits } from "#base";
import { OciError } from "#oci";
import type { LayerLink, LayerListing } from "./layer-listing.ts";

/** Where a path leads when all layers lie on each other. */
export type Resolution =
  | {
      readonly kind: "resolved";
      /** The path without links. */
      readonly path: string;
      /** The highest layer whose link was followed; -1 when there was none. */
      readonly linkLayer: number;
    }
  | { readonly kind: "unresolved"; readonly reason: string };

/** What lies at a path, seen from above. */
type Sight = { readonly kind: "link"; readonly layer: number; readonly link: LayerLink } | { readonly kind: "other" };

/** Looks at one path component of one layer, for all links of an image together; an honest image needs a few hundred. */
const MAX_STEPS = 2_000_000;

/**
 * All layers lying on each other, as far as links are concerned. Layers that were not read are `undefined`. Every method
 * throws `LIMIT_EXCEEDED` when the links of the image take too much work.
 */
export class SquashedView {
  readonly #layers: readonly (LayerListing | undefined)[];
  readonly #hidden: readonly HiddenPaths[];
  readonly #limits: Limits;
  #steps = 0;

  constructor(layers: readonly (LayerListing | undefined)[], limits: Limits) {
    this.#layers = layers;
    this.#hidden = layers.map((layer) => ({
      whiteouts: new Set(layer?.whiteouts),
      opaqueFolders: new Set(layer?.opaqueFolders),
      nonFolders: layer?.nonFolders ?? new Set(),
    }));
    this.#limits = limits;
  }

  /** Follows symbolic links in every component, as a process in the container would; `..` of the root is the root. */
  resolve(path: string): Resolution {
    const ahead = path.split("/").toReversed();
    const behind: string[] = [];
    let linkLayer = -1;
    let hops = 0;
    for (let component = ahead.pop(); component !== undefined; component = ahead.pop()) {
      if (component === "..") {
        behind.pop();
      }
      if (component === "" || component === "." || component === "..") {
        continue;
      }
      behind.push(component);
      const soFar = behind.join("/");
      if (soFar.length > this.#limits.maxPathBytes) {
        return { kind: "unresolved", reason: `links lead to a path longer than ${this.#limits.maxPathBytes} bytes` };
      }
      const sight = this.#look(soFar);
      if (sight.kind === "link") {
        hops += 1;
        if (hops > this.#limits.maxLinkHops) {
          return { kind: "unresolved", reason: `more than ${this.#limits.maxLinkHops} links lead on from here` };
        }
        linkLayer = Math.max(linkLayer, sight.layer);
        behind.pop();
        if (sight.link.target.startsWith("/")) {
          behind.length = 0;
        }
        ahead.push(...sight.link.target.split("/").toReversed());
      }
    }
    return { kind: "resolved", path: behind.join("/"), linkLayer };
  }

  /** The layers, highest first and from `highest` down, in which the file seen at `path` may lie. */
  layersOf(path: string, highest: number = this.#layers.length - 1): readonly number[] {
    const found: number[] = [];
    for (let layer = highest; layer >= 0; layer -= 1) {
      const listing = this.#layers[layer];
      if (layer === 0 ? listing !== undefined : listing?.nonFolders.has(path) === true) {
        found.push(layer);
      }
      if (this.#hides(layer, path)) {
        break;
      }
    }
    return found;
  }

  /** Whether a layer above `layer` hides the path that this layer has. */
  isHiddenAbove(layer: number, path: string): boolean {
    for (let above = layer + 1; above < this.#layers.length; above += 1) {
      if (this.#hides(above, path)) {
        return true;
      }
    }
    return false;
  }

  hasFolder(layer: number, path: string): boolean {
    return this.#layers[layer]?.folders.has(path) === true;
  }

  /** The file that a hard link of a layer stands for within that layer; hard links to links are followed. */
  hardLinkTarget(layer: number, path: string): string | undefined {
    const links = this.#layers[layer]?.links;
    let link = links?.get(path);
    let target: string | undefined;
    for (let hops = 0; link?.kind === "hardlink"; hops += 1) {
      this.#countStep();
      if (hops > this.#limits.maxLinkHops) {
        return undefined;
      }
      target = link.target;
      link = links?.get(target);
    }
    return target;
  }

  #look(path: string): Sight {
    for (let layer = this.#layers.length - 1; layer >= 0; layer -= 1) {
      const listing = this.#layers[layer];
      const link = this.#symlinkAt(layer, path);
      if (link !== undefined) {
        return { kind: "link", layer, link };
      }
      if (listing?.folders.get(path) === true || this.#hides(layer, path)) {
        return { kind: "other" };
      }
    }
    return { kind: "other" };
  }

  /** A hard link to a symbolic link is that symbolic link. */
  #symlinkAt(layer: number, path: string): LayerLink | undefined {
    const links = this.#layers[layer]?.links;
    const link = links?.get(path);
    if (link?.kind !== "hardlink") {
      return link;
    }
    const target = this.hardLinkTarget(layer, path);
    const final = target === undefined ? undefined : links?.get(target);
    return final?.kind === "symlink" ? final : undefined;
  }

  /** Whether the layer hides what lower layers have at the path: removed or replaced, itself or a folder above it. */
  #hides(layer: number, path: string): boolean {
    this.#countStep();
    const { whiteouts, opaqueFolders, nonFolders } = this.#hidden[layer] as HiddenPaths;
    if (opaqueFolders.has("") || whiteouts.has(path) || nonFolders.has(path)) {
      return true;
    }
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      this.#countStep();
      if (whiteouts.has(folder) || opaqueFolders.has(folder) || nonFolders.has(folder)) {
        return true;
      }
    }
    return false;
  }

  #countStep(): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) {
      throw new OciError("LIMIT_EXCEEDED", "the links of the image take too much work to follow");
    }
  }
}

interface HiddenPaths {
  readonly whiteouts: ReadonlySet<string>;
  readonly opaqueFolders: ReadonlySet<string>;
  readonly nonFolders: ReadonlySet<string>;
}
