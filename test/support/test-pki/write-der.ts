// SPDX-License-Identifier: Apache-2.0

/** One value of DER; nothing is checked, so that wrong structures can be made. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.trunc(rest / 256)) {
    length.unshift(rest % 256);
  }
  const head = content.length < 0x80 ? [content.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

export function derSequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

export function derInteger(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return der(0x02, ...((bytes[0] ?? 0) > 0x7f ? [Buffer.from([0])] : []), bytes);
}

export function derOid(text: string): Buffer {
  const [first = 0, second = 0, ...arcs] = text.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...arcs.flatMap(base128)]));
}

export function derOctets(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

export function derBits(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.from([0]), bytes);
}

/** A GeneralizedTime in whole seconds. */
export function derTime(time: Date): Buffer {
  return der(0x18, Buffer.from(`${time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`));
}

/** An AlgorithmIdentifier without parameters, or with NULL. */
export function derAlgorithm(oid: string, hasNull: boolean = false): Buffer {
  return derSequence(derOid(oid), ...(hasNull ? [Buffer.from([0x05, 0x00])] : []));
}

/** One extension as RFC 5280 has it. */
export function derExtension(oid: string, value: Uint8Array, isCritical: boolean = false): Buffer {
  return derSequence(derOid(oid), ...(isCritical ? [Buffer.from([0x01, 0x01, 0xff])] : []), derOctets(value));
}

function base128(value: number): readonly number[] {
  const digits = [value % 128];
  for (let rest = Math.trunc(value / 128); rest > 0; rest = Math.trunc(rest / 128)) {
    digits.unshift((rest % 128) | 0x80);
  }
  return digits;
}
