// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { rounds } from "./rounds.ts";

// Loaded before each test file: how many values a property is tried with where it does not say so itself.
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: rounds({ short: 100, long: 20_000 }) });
