// SPDX-License-Identifier: Apache-2.0

/** What a CIDR or an address says about who is meant. */
export interface AddressRange {
  readonly text: string;
  /** Takes in so much that it limits nobody: `0.0.0.0/0`, and halves of it. Also what cannot be read. */
  readonly isWide: boolean;
}

/** Nobody owns more than that: a shorter prefix means the internet. */
const MIN_PREFIX_V4 = 8;
const MIN_PREFIX_V6 = 16;

/** Reads a CIDR; what is none counts as wide, since nobody knows what is made of it. */
export function readRange(text: string): AddressRange {
  const match = /^([0-9A-Fa-f:.]{2,45})\/([0-9]{1,3})$/.exec(text.trim());
  const [, address = "", prefix = ""] = match ?? [];
  const isV6 = address.includes(":");
  const length = Number(prefix);
  const isRange = match !== null && (isV6 ? length <= 128 : isAddressV4(address) && length <= 32);
  return { text: text.slice(0, 100), isWide: !isRange || length < (isV6 ? MIN_PREFIX_V6 : MIN_PREFIX_V4) };
}

/** Whether the internet has no route to this address (RFC 1918, 6598, 3927, 4193, 4291); a name is never private. */
export function isPrivateAddress(text: string): boolean {
  if (isAddressV4(text)) {
    const [a = 0, b = 0] = text.split(".").map(Number);
    return (
      a === 10 ||
      a === 127 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254)
    );
  }
  return /^(?:::1|f[cd][0-9a-f]{2}:[0-9a-f:]*|fe[89ab][0-9a-f]:[0-9a-f:]*)$/i.test(text);
}

/** Whether only the node itself reaches this address. */
export function isLoopback(text: string): boolean {
  return text === "::1" || (isAddressV4(text) && text.startsWith("127."));
}

function isAddressV4(text: string): boolean {
  return /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
}
