#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript that also runs on the Node 20 of older machines: it finds a Node that can run the program.
import { bundledProgram, runWithSuitableNode } from "../tools/suitable-node.mjs";

const words = process.argv.slice(2);
const command = words[words[0] === "--lang" ? 2 : words[0]?.startsWith("--lang=") ? 1 : 0];
const program = words[0] === "server" ? "server" : command === "admin" ? "cli/administration" : "cli";
const bundled = command === "scan" || command === "verify" ? bundledProgram(command) : undefined;
await runWithSuitableNode(bundled ?? new URL(`../src/apps/${program}/main.ts`, import.meta.url), words);
