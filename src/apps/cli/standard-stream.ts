// SPDX-License-Identifier: Apache-2.0
import { fstatSync, writeSync } from "node:fs";

/** Standard output or standard error of this process. */
export interface StandardStream {
  readonly isTerminal: boolean;
  /** Of a terminal. */
  readonly columns: number | undefined;
  /** Writes text; whoever reads a pipe may have seen enough and gone (`haechi scan … | head`). */
  write(text: string): void;
}

/**
 * The stream of a descriptor. Node's own is made for a terminal, or where a write would have to wait: what it loads for a pipe
 * takes longer than matching a hundred packages.
 */
export function createStandardStream(descriptor: 1 | 2): StandardStream {
  let full: NodeJS.WriteStream | undefined;
  function stream(): NodeJS.WriteStream {
    if (full === undefined) {
      full = descriptor === 1 ? process.stdout : process.stderr;
      full.on("error", throwUnlessGone);
    }
    return full;
  }
  const isTerminal = fstatSync(descriptor).isCharacterDevice() && stream().isTTY === true;
  return {
    isTerminal,
    columns: isTerminal ? stream().columns : undefined,
    write: (text) => {
      const rest = full === undefined ? writeAtOnce(descriptor, Buffer.from(text)) : text;
      if (rest.length > 0) {
        stream().write(rest);
      }
    },
  };
}

/** What could not be written at once, as somebody made the pipe one that does not wait. */
function writeAtOnce(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) {
      rest = rest.subarray(writeSync(descriptor, rest));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
      return rest;
    }
    throwUnlessGone(error as NodeJS.ErrnoException);
  }
  return Buffer.alloc(0);
}

function throwUnlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") {
    throw error;
  }
}
