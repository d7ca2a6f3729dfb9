// SPDX-License-Identifier: Apache-2.0
import type { FileFacts } from "../analyzer.ts";

/** A linked program that says anything about its parts is larger. */
const MIN_BYTES = 4_096;
/** Libraries of machine learning have gigabytes and say nothing; a library larger than this is not looked into. */
const MAX_LIBRARY_BYTES = 64 * 1024 * 1024;

/** Extension modules of Python and Node, and the libraries whose version is known by their text. */
const LIBRARY =
  /\.(?:abi3\.so|cpython-[^/]*\.so|node)$|\/lib(?:crypto|curl|php[0-9.]*|python[0-9.]+m?|ruby[-0-9.]*)\.so(?:\.[^/]*)?$/;
const LIBRARY_NAME = /\.so(?:\.[0-9.]+)?$/;

/** Whether a file may be a program or a library that analyzers of programs read; its first bytes decide then. Cheap. */
export function isProgramFile(path: string, facts: FileFacts | undefined): boolean {
  if (facts === undefined || facts.size < MIN_BYTES) {
    return false;
  }
  if ((facts.mode & 0o111) !== 0) {
    return facts.size <= MAX_LIBRARY_BYTES || !LIBRARY_NAME.test(path);
  }
  return isLibraryPath(path) && facts.size <= MAX_LIBRARY_BYTES;
}

/** Whether the owner of the path matters, because it is where programs lie: its mode is not known here. */
export function isProgramPath(path: string): boolean {
  const slash = path.lastIndexOf("/");
  return (
    isLibraryPath(path) || (slash !== -1 && !path.includes(".", slash) && !NO_PROGRAMS.test(path)) || BIN.test(path)
  );
}

function isLibraryPath(path: string): boolean {
  return (path.includes(".so", path.lastIndexOf("/")) || path.endsWith(".node")) && LIBRARY.test(path);
}

const BIN = /(?:^|\/)(?:s?bin|libexec)\/[^/]+$/;
const NO_PROGRAMS = /^(?:usr\/share\/(?:doc|i18n|info|lintian|locale|man|terminfo|zoneinfo)|usr\/include|etc|var)\//;
