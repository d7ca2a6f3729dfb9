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
      this.links.delete(entry.path);
    } else {
      this.#addNonFolder(entry);
    }
    return "content";
  }

  #addNonFolder(entry: TarEntry): void {
    if (entry.kind === "symlink" || entry.kind === "hardlink") {
      this.links.set(entry.path, { kind: entry.kind, target: entry.link });
      this.nonFolders.add(entry.path);
      return;
    }
    if (this.links.size > 0) {
      this.links.delete(entry.path);
    }
    if (!this.#isLowest) {
      this.nonFolders.add(entry.path);
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
