// SPDX-License-Identifier: Apache-2.0

/** The three parts of an rpm version; a missing epoch reads "0", a missing release is not there. */
export interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  readonly release: string | undefined;
}

const EPOCH = /^[0-9]+$/;
// rpm-spec(5): "alphanumeric characters, '.', '_', '+', '~' and '^'", the same for the release. rpmvercmp would take any
// text and skip what it does not know, and so call "1/0" and "1.0" equal: a guess.
const PART = /^[A-Za-z0-9][A-Za-z0-9._+~^]*$/;

/** The parts of `[epoch:]version[-release]` (rpm-version(7)), or `undefined` when the text does not follow that grammar. */
export function parseRpmVersion(text: string): RpmVersion | undefined {
  const colon = text.indexOf(":");
  const epoch = colon < 0 ? "0" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const hyphen = rest.lastIndexOf("-");
  const version = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const release = hyphen < 0 ? undefined : rest.slice(hyphen + 1);
  return EPOCH.test(epoch) && PART.test(version) && (release === undefined || PART.test(release))
    ? { epoch, version, release }
    : undefined;
}
