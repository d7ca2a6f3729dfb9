// SPDX-License-Identifier: Apache-2.0

/** The real thing, with some methods that do something before or after they call it: to let events happen at one instant. */
export function interposed<T extends object>(real: T, own: Partial<T>): T {
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
