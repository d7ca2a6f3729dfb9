// SPDX-License-Identifier: Apache-2.0
import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  listType,
} from "@bufbuild/cel";
import type { WorkMeter } from "./work-meter.ts";

/** Names that no expression can spell; `boundExpression` puts the calls in. */
export const TURN = "@turn";
export const APPEND = "@append";
export const RANGE = "@range";

/** Functions that look at everything inside of their arguments. */
const DEEP: ReadonlySet<string> = new Set(["_==_", "_!=_", "@in"]);
const ADD = "_+_";
/** A regular expression runs in linear time (RE2), yet for each character much slower than a search. */
const MATCHES = "matches";
const MATCHES_UNITS_PER_CHARACTER = 1;
/** Compiling a pattern of bounded length. */
const MATCHES_UNITS = 200;

/** The standard functions, each of which pays for its arguments before it is called, and those that bound loops. */
export function meteredFunctions(meter: WorkMeter): CelFunc[] {
  const functions = [...celEnv().funcs].map((func) => metered(func, meter));
  return [...functions, ...loopFunctions(meter)];
}

function metered(func: CelFunc, meter: WorkMeter): CelFunc {
  function pay(values: readonly CelValue[]): void {
    for (const value of values) {
      if (DEEP.has(func.name)) {
        meter.payForAllOf(value);
      } else {
        meter.payFor(value, func.name === MATCHES ? MATCHES_UNITS_PER_CHARACTER : undefined);
      }
    }
    if (func.name === MATCHES) {
      meter.spend(MATCHES_UNITS);
    }
  }
  function call(target: CelValue | undefined, args: CelValue[]): CelValue {
    pay(target === undefined ? args : [target, ...args]);
    const result = func.call(0, target, args);
    if (result === undefined || isCelError(result)) {
      throw result ?? new Error("no overload");
    }
    if (func.name === ADD && isCelList(result)) {
      // the library would nest them, and reading one in the other takes as many steps for each element as there are lists
      meter.pay(result.size);
      return celList([...result]);
    }
    return result;
  }
  const { arguments: parameters, result, target } = func;
  return target === undefined
    ? celFunc(func.name, parameters, result, (...args: CelValue[]) => call(undefined, args))
    : celMethod(func.name, target, parameters, result, function (this: CelValue, ...args: CelValue[]) {
        return call(this, args);
      });
}

function loopFunctions(meter: WorkMeter): CelFunc[] {
  const list = listType(CelScalar.DYN);
  /** Lists that a loop is building, and nobody else has seen. */
  const growing = new WeakMap<CelList, CelValue[]>();
  return [
    celFunc(TURN, [], CelScalar.BOOL, () => meter.spend(1)),
    // the library copies what a loop runs over before its first turn: what cannot be paid must not be handed over
    celFunc(RANGE, [CelScalar.DYN], CelScalar.DYN, (range: CelValue) => {
      meter.pay(sizeOf(range));
      return range;
    }),
    // the library would nest one list in the next, so that reading a list of n takes n² steps and n stack frames
    celFunc(APPEND, [list, CelScalar.DYN], list, (built: CelList, item: CelValue) => {
      const items = growing.get(built);
      if (items !== undefined) {
        items.push(item);
        return built;
      }
      const started = [item];
      const next = celList(started);
      growing.set(next, started);
      return next;
    }),
  ];
}

function sizeOf(value: CelValue): number {
  return typeof value === "object" && value !== null && "size" in value && typeof value.size === "number"
    ? value.size
    : 0;
}
