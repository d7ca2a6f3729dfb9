#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript that also runs on the Node 20 of older machines: it finds a Node that can run the program.
import { runWithSuitableNode } from "../tools/suitable-node.mjs";

const [command] = process.argv.slice(2);
const program = command === "server" ? "server" : "cli";
await runWithSuitableNode(new URL(`../src/apps/${program}/main.ts`, import.meta.url), process.argv.slice(2));
