// SPDX-License-Identifier: Apache-2.0
import { flagOf, type ListenAddress, variableOf } from "#configuration";
import type { Translate } from "#messages";
import { ServerError } from "./errors.ts";

/** Runs `begin`, which opens the address, and turns the system's refusal into a message that names the setting to change. */
export async function listening<T>(
  address: ListenAddress,
  settingKey: string,
  translate: Translate,
  begin: () => Promise<T>,
): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const values = {
      address: `${address.host}:${address.port}`,
      flag: `--${flagOf(settingKey)}`,
      variable: variableOf(settingKey),
    };
    if (code === "EADDRINUSE") {
      throw new ServerError("PORT_BUSY", translate("server.portBusy", values), { cause: error });
    }
    if (code === "EACCES") {
      throw new ServerError("PORT_FORBIDDEN", translate("server.portForbidden", values), { cause: error });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      throw new ServerError("ADDRESS_UNUSABLE", translate("server.addressUnusable", values), { cause: error });
    }
    throw error;
  }
}
