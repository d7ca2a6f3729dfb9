// SPDX-License-Identifier: Apache-2.0
import type { ClientEnvironment, Configuration } from "#configuration";
import type { Language, MessageId, Translate } from "#messages";

/** 0 done; 1 a verdict of deny; 2 no result (tool or usage error); 3 incomplete and not denied. */
export type ExitCode = 0 | 1 | 2 | 3;

/** One option of a command: the single source of parser, help, completion and reference. */
export interface CommandOption {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** `flag` takes no value; `list` may be given several times. */
  readonly kind: "text" | "flag" | "list";
  /** What the value is called in help, e.g. `FILE`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly description: MessageId;
}

/** A word after the command. */
export interface CommandArgument {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
  readonly description: MessageId;
}

/** What was typed, checked against the command's table. */
export interface Invocation {
  readonly arguments: readonly string[];
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

/** What a command may touch. */
export interface CommandContext {
  /** How the program was called, for help and messages: `haechi` (default) or `kubectl haechi`. */
  readonly program?: string;
  /** Whether policies come from the cluster of the kubeconfig when nothing else is said, as of a kubectl plugin. */
  readonly prefersCluster?: boolean;
  /** Results; everything else goes to `stderr`. */
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  /** One line that somebody types; absent: standard input to its end. */
  readonly readLine?: () => Promise<string>;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly columns: number;
  readonly language: Language;
  readonly translate: Translate;
  readonly environment: ClientEnvironment;
  /** `haechi.yaml` and variables, read when first asked for; throws ConfigurationError. */
  readonly configuration: () => Configuration;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** A command of the command line. */
export interface Command {
  /** Up to three words, e.g. `scan`, `db import`, `registry keys create`. */
  readonly name: string;
  readonly summary: MessageId;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly examples: readonly string[];
  /** What the exit codes say, where they say more than "done" and "failed". */
  readonly exitCodes?: MessageId;
  /** Absent for `server` and `admin …`, which are programs of their own and are started by `bin/haechi.mjs`. */
  readonly run?: (invocation: Invocation, context: CommandContext) => Promise<ExitCode>;
}
