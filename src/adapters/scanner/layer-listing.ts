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

/** Characters of paths that are looked at to tell where entries lie; an honest layer needs some ten millions. */
const MAX_CHARACTERS = 1_000_000_000;

/** In the place of a link's target, which never has a NUL. */
const TOO_MUCH_WORK = "\0";

/** What a path takes in memory beside its characters, about: its header and its place in a table. */
const PATH_OVERHEAD_BYTES = 64;

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
  /** About how much memory the listing takes. */
  keptBytes = 0;
  readonly #isLowest: boolean;
  #lastFolder = "";
  #askedFolder = "";
  #askedPlace = "";
  #characters = 0;

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
      this.keep(entry.path);
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
    if (slash !== this.#askedFolder.length || !path.startsWith(this.#askedFolder)) {
      const folder = path.slice(0, slash);
      const place = this.#followFolder(folder, maxHops);
      if (place === undefined) {
        return undefined;
      }
      this.#askedFolder = folder;
      this.#askedPlace = place;
    }
    if (this.#askedPlace === this.#askedFolder) {
      return path;
    }
    return this.#askedPlace === "" ? path.slice(slash).replace("/", "") : `${this.#askedPlace}${path.slice(slash)}`;
  }

  #followFolder(path: string, maxHops: number): string | undefined {
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const above = end < 0 ? path : path.slice(0, end);
      const link = this.#linkAt(above);
      if (link === TOO_MUCH_WORK) {
        return undefined;
      }
      if (link !== undefined) {
        return this.#followLinks(path, maxHops);
      }
      if (end < 0) {
        return path;
      }
    }
  }

  #followLinks(path: string, maxHops: number): string | undefined {
    const ahead = path.split("/").toReversed();
    const behind: string[] = [];
    let hops = 0;
    for (let component = ahead.pop(); component !== undefined; component = ahead.pop()) {
      if (component === "..") {
        behind.pop();
      } else if (component !== "" && component !== ".") {
        behind.push(component);
        const link = this.#linkAt(behind.join("/"));
        if (link !== undefined) {
          hops += 1;
          if (link === TOO_MUCH_WORK || hops > maxHops) {
            return undefined;
          }
          behind.pop();
          if (link.startsWith("/")) {
            behind.length = 0;
          }
          ahead.push(...link.split("/").toReversed());
        }
      }
    }
    return behind.join("/");
  }

  /** The target of the symbolic link at the path. */
  #linkAt(path: string): string | undefined {
    this.#characters += path.length;
    const link = this.links.get(path);
    return this.#characters > MAX_CHARACTERS ? TOO_MUCH_WORK : link?.kind === "symlink" ? link.target : undefined;
  }

  #addNonFolder(entry: TarEntry): void {
    if (entry.kind === "symlink" || entry.kind === "hardlink") {
      this.#askedFolder = "";
      this.#askedPlace = "";
      this.keep(entry.path);
      this.keep(entry.link);
      this.links.set(entry.path, { kind: entry.kind, target: entry.link });
      this.nonFolders.add(entry.path);
      return;
    }
    this.#deleteLink(entry.path);
    if (!this.#isLowest) {
      this.keep(entry.path);
      this.nonFolders.add(entry.path);
    }
  }

  #deleteLink(path: string): void {
    if (this.links.size > 0 && this.links.delete(path)) {
      this.#askedFolder = "";
      this.#askedPlace = "";
    }
  }

  /** Counts a path that is kept, with what keeping it takes. */
  keep(path: string): void {
    this.keptBytes += path.length + PATH_OVERHEAD_BYTES;
  }

  #addWhiteout(folder: string, name: string): "whiteout" | "malformed" {
    this.keep(folder);
    this.keep(name);
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
      this.keep(folder);
      this.folders.set(folder, false);
      folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0));
    }
  }
}
