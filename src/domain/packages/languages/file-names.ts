// SPDX-License-Identifier: Apache-2.0

/**
 * Folders of packages that somebody else made, and of documentation. A lock file in there is what its authors worked with,
 * and nothing of it is installed or wanted here.
 */
const DEPENDENCY_FOLDER =
  /(?:^|\/)(?:node_modules|bower_components|site-packages|dist-packages|vendor|third_party|gems|\.cargo\/(?:registry|git)|\.?pub-cache|go\/pkg\/mod|\.yarn|\.pnpm-store|usr\/share\/doc)\//i;

/** Whether the file lies in a folder of installed or downloaded packages. */
export function isInsideDependency(path: string): boolean {
  return DEPENDENCY_FOLDER.test(path);
}

/** A test of paths, with the endings that those have which pass it, where these are known (see `Analyzer.endings`). */
export interface PathTest {
  (path: string): boolean;
  readonly endings?: readonly string[];
}

/** A test for the file's name, in any folder. Called for every file of an image. */
export function isNamed(...names: readonly string[]): PathTest {
  const endings = names.map((name) => `/${name}`);
  function test(path: string): boolean {
    for (const ending of endings) {
      if (path.endsWith(ending) || (path.length === ending.length - 1 && ending.endsWith(path))) {
        return true;
      }
    }
    return false;
  }
  return Object.assign(test, { endings: names });
}

/** A test of paths that have one of the endings; only they are looked at closer. Called for every file of an image. */
export function hasEnding(endings: readonly string[], isWanted: (path: string) => boolean = () => true): PathTest {
  function test(path: string): boolean {
    return endings.some((ending) => path.endsWith(ending)) && isWanted(path);
  }
  return Object.assign(test, { endings });
}

/** The name of the file, without its folders. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
