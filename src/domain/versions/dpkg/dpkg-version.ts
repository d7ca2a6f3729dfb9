// SPDX-License-Identifier: Apache-2.0

/** The three parts of a Debian version; a missing epoch and a missing revision both read "0". */
export interface DpkgVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

const EPOCH = /^[0-9]+$/;
// "must contain only alphanumerics and the characters . + - ~ and should start with a digit": the digit is a wish.
// Colons were allowed after an epoch until Policy 4.1.3; dpkg still takes them, Policy does not.
const UPSTREAM = /^[A-Za-z0-9.+~-]+$/;
const REVISION = /^[A-Za-z0-9.+~]+$/;

/**
 * The parts of `[epoch:]upstream_version[-debian_revision]` (Debian Policy 5.6.12), or `undefined` when the text does
 * not follow that grammar.
 */
export function parseDpkgVersion(text: string): DpkgVersion | undefined {
  const colon = text.indexOf(":");
  const epoch = colon < 0 ? "0" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  // "will break the version number apart at the last hyphen in the string (if there is one)"
  const hyphen = rest.lastIndexOf("-");
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? "0" : rest.slice(hyphen + 1);
  return EPOCH.test(epoch) && UPSTREAM.test(upstream) && REVISION.test(revision)
    ? { epoch, upstream, revision }
    : undefined;
}
