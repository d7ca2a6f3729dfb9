// SPDX-License-Identifier: Apache-2.0

/** Does one thing at a time for each key: who asks for what is under way gets the same result. */
export class Flights<T> {
  readonly #flights: Map<string, Promise<T>> = new Map();

  async share(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#flights.get(key);
    if (known !== undefined) {
      return await known;
    }
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return await flight;
  }
}
