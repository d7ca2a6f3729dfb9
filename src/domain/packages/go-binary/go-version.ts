// SPDX-License-Identifier: Apache-2.0

/** `go1.22.3`, `go1.21rc2`, `go1.20.14-custom`, `go1.22.3 X:boringcrypto`. */
const RELEASE = /^go(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?(?![\w.])/;

/**
 * The version of the standard library as advisories write it, in semver: `go1.21` is `1.21.0`, `go1.21rc2` is `1.21.0-rc.2`
 * (as vuln.go.dev does). A development version (`devel go1.23-4f2a…`) stays as it is: nobody can order it.
 */
export function standardLibraryVersion(goVersion: string): string {
  const [all, major = "", minor = "", patch = "0", kind, number = ""] = RELEASE.exec(goVersion) ?? [];
  if (all === undefined) {
    return goVersion;
  }
  const release = `${major}.${minor}.${patch}`;
  return kind === undefined ? release : `${release}-${kind}.${number}`;
}
