// SPDX-License-Identifier: Apache-2.0
import type { SyntaxDirective } from "./find-syntax.ts";

/** A text that an instruction brings along (`<<EOF`). */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Line of the first line of the content. */
  readonly line: number;
}

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In upper case. */
  readonly name: string;
  /** As written. */
  readonly spelling: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** What follows the flags, with lines joined and comments between them left out. */
  readonly text: string;
  /** `--name=value` before the text. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** The words of the exec form; absent in the shell form. */
  readonly words?: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** Of ONBUILD. */
  readonly trigger?: Instruction;
  /** Place of the stage that it is in; -1 before the first FROM. */
  readonly stage: number;
}

/** What one FROM begins. */
export interface BuildStage {
  readonly index: number;
  /** In lower case. */
  readonly name?: string;
  /** As written, with variables replaced by the defaults of ARG before the first FROM. */
  readonly base: string;
  /** The same with its variables. */
  readonly written: string;
  readonly line: number;
  readonly platform?: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile as it was read. */
export interface Dockerfile {
  /** The character that continues a line. */
  readonly escape: "\\" | "`";
  readonly instructions: readonly Instruction[];
  readonly stages: readonly BuildStage[];
  /** The image that a directive wants the file to be read by. */
  readonly syntax?: SyntaxDirective;
  /** Without `#`. */
  readonly comments: readonly { readonly line: number; readonly text: string }[];
  /** What is no Dockerfile. */
  readonly faults: readonly DockerfileFault[];
}

/** What keeps a Dockerfile from being built. */
export interface DockerfileFault {
  readonly line: number;
  readonly code: "unknownInstruction" | "noArguments" | "heredocOpen" | "noFrom" | "tooLarge" | "beforeFrom" | "empty";
  readonly text: string;
}
