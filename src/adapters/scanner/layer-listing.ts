// SPDX-License-Identifier: Apache-2.0
import type { TarEntry } from "#oci";

/** A link of a layer: `target` as written (symbolic) or as a path of the image (hard). */
export interface LayerLink {
  readonly kind: "symlink" | "hardlink";
  readonly target: string;
}

/** Which paths a layer has, as far as links and layers above or below it need to know. */
export interface LayerListing {
  readonly links: ReadonlyMap<string, LayerLink>;
  /** Folders; true when the archive has an entry for it, false when only something inside it. */
  readonly folders: ReadonlyMap<string, boolean>;
  /** Everything that is not a folder. For the lowest layer, links only: it hides nothing and is large. */
  readonly nonFolders: ReadonlySet<string>;
  readonly whiteouts: readonly string[];
  readonly opaqueFolders: readonly string[];
}

/** Components of paths that are looked at to tell where entries lie; an honest layer needs a few hundred thousand. */
const MAX_STEPS = 2_000_000;

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** Other names with this prefix are notes of AUFS to itself, which runtimes skip. */
const AUFS_NOTE = ".wh..wh.";

/** Gathers a listing; whiteouts (OCI image-spec, layer.md) are not entries themselves. */
export class ListingCollector implements LayerListing {
  readonly links: Map<string, LayerLink> = new Map();
  readonly folders: Map<string, boolean> = new Map();
  readonly nonFolders: Set<string> = new Set();
  readonly whiteouts: string[] = [];
  readonly opaqueFolders: string[] = [];
  readonly #isLowest: boolean;
  #lastFolder = "";
  #askedFolder = "";
  #askedPlace = "";
  #steps = 0;

  constructor(isLowest: boolean) {
    this.#isLowest = isLowest;
  }

  /** Says whether the entry is content; `"malformed"` for a whiteout that names nothing. */
  add(entry: TarEntry): "content" | "whiteout" | "malformed" {
    const slash = entry.path.lastIndexOf("/");
    if (entry.path.startsWith(WHITEOUT, slash + 1)) {
      return this.#addWhiteout(slash < 0 ? "" : entry.path.slice(0, slash), entry.path.slice(slash + 1));
    }
    this.#addParents(entry.path, slash);
    if (entry.kind === "folder") {
      this.folders.set(entry.path, true);
      // The last entry of a path counts.
      this.nonFolders.delete(entry.path);
      this.#deleteLink(entry.path);
    } else {
      this.#addNonFolder(entry);
    }
    return "content";
  }

  /**
   * Where runtimes put an entry of this path that comes next: through the symbolic links that the layer has made so far
   * in the folders above it. `undefined` when these lead on for too long,
   * or when telling takes too much work.
   */
  placeOf(path: string, maxHops: number): string | undefined {
    if (this.links.size === 0) {
      return path;
    }
    const slash = Math.max(path.lastIndexOf("/"), 0);
    const folder = path.slice(0, slash);
    if (folder !== this.#askedFolder) {
      const place = this.#followFolder(folder, maxHops);
      if (place === undefined) {
        return undefined;
      }
      this.#askedFolder = folder;
      this.#askedPlace = place;
    }
    return this.#askedPlace === "" ? path.slice(slash).replace("/", "") : `${this.#askedPlace}${path.slice(slash)}`;
  }

  #followFolder(path: string, maxHops: number): string | undefined {
    const ahead = path.split("/").toReversed();
    const behind: string[] = [];
    let hops = 0;
    for (let component = ahead.pop(); component !== undefined; component = ahead.pop()) {
      if (component === "..") {
        behind.pop();
      } else if (component !== "" && component !== ".") {
        behind.push(component);
        this.#steps += 1;
        if (this.#steps > MAX_STEPS) {
          return undefined;
        }
        const link = this.links.get(behind.join("/"));
        if (link?.kind === "symlink") {
          hops += 1;
          if (hops > maxHops) {
            return undefined;
          }
          behind.pop();
          if (link.target.startsWith("/")) {
            behind.length = 0;
          }
          ahead.push(...link.target.split("/").toReversed());
        }
      }
    }
    return behind.join("/");
  }

  #addNonFolder(entry: TarEntry): void {
    if (entry.kind === "symlink" || entry.kind === "hardlink") {
      this.#askedFolder = "";
      this.#askedPlace = "";
      this.links.set(entry.path, { kind: entry.kind, target: entry.link });
      this.nonFolders.add(entry.path);
      return;
    }
    this.#deleteLink(entry.path);
    if (!this.#isLowest) {
      this.nonFolders.add(entry.path);
    }
  }

  #deleteLink(path: string): void {
    if (this.links.size > 0 && this.links.delete(path)) {
      this.#askedFolder = "";
      this.#askedPlace = "";
    }
  }

  #addWhiteout(folder: string, name: string): "whiteout" | "malformed" {
    if (name === OPAQUE) {
      this.opaqueFolders.push(folder);
      return "whiteout";
    }
    if (name.startsWith(AUFS_NOTE)) {
      return "whiteout";
    }
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === "" || hidden === "." || hidden === "..") {
      return "malformed";
    }
    this.whiteouts.push(folder === "" ? hidden : `${folder}/${hidden}`);
    return "whiteout";
  }

  #addParents(path: string, slash: number): void {
    // Neighbours in an archive mostly share their folder.
    if (slash <= 0 || (slash === this.#lastFolder.length && path.startsWith(this.#lastFolder))) {
      return;
    }
    this.#lastFolder = path.slice(0, slash);
    let folder = this.#lastFolder;
    while (folder !== "" && !this.folders.has(folder)) {
      this.folders.set(folder, false);
      folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0));
    }
  }
}
