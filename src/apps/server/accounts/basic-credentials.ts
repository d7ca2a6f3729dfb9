// SPDX-License-Identifier: Apache-2.0

const MAX_HEADER_LENGTH = 4_096;
const MAX_NAME_LENGTH = 256;
const MAX_PASSWORD_LENGTH = 1_024;

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Name and password of a Basic header (RFC 7617), or `undefined` when it is malformed or longer than any of ours. */
export function parseBasicCredentials(header: string): Credentials | undefined {
  const encoded = header.length > MAX_HEADER_LENGTH ? undefined : /^basic +([A-Za-z0-9+/_=-]*)$/i.exec(header)?.[1];
  if (encoded === undefined) {
    return undefined;
  }
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const password = text.slice(colon + 1);
  const isSane = colon > 0 && name.length <= MAX_NAME_LENGTH && password.length <= MAX_PASSWORD_LENGTH;
  return isSane && !text.includes("\0") ? { name, password } : undefined;
}
