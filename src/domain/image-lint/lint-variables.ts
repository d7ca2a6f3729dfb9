// SPDX-License-Identifier: Apache-2.0
import type { ImageObservation } from "#packages";
import { isSecretVariable } from "#secrets";
import { type CheckRule, observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

const VERIFICATION: Readonly<Record<string, RegExp>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  PYTHONHTTPSVERIFY: /^0$/,
  GIT_SSL_NO_VERIFY: /^(?:1|true|yes|on)$/i,
  NPM_CONFIG_STRICT_SSL: /^(?:false|0)$/i,
  YARN_STRICT_SSL: /^(?:false|0)$/i,
  CURL_INSECURE: /^(?:1|true)$/i,
  GONOSUMCHECK: /^1$/,
  GOINSECURE: /^.+$/,
  GONOSUMDB: /^\*$/,
  PIP_TRUSTED_HOST: /^.+$/,
  VAULT_SKIP_VERIFY: /^(?:1|true)$/i,
  DOCKER_TLS_VERIFY: /^(?:0|false)?$/i,
  AWS_NO_VERIFY_SSL: /^(?:1|true)$/i,
  REQUESTS_VERIFY: /^(?:0|false)$/i,
};

const DEBUG: Readonly<Record<string, RegExp>> = {
  FLASK_DEBUG: /^(?:1|true)$/i,
  FLASK_ENV: /^development$/i,
  DJANGO_DEBUG: /^(?:1|true)$/i,
  RAILS_ENV: /^development$/i,
  APP_DEBUG: /^(?:1|true)$/i,
  ASPNETCORE_ENVIRONMENT: /^development$/i,
  DOTNET_ENVIRONMENT: /^development$/i,
  NODE_OPTIONS: /--inspect/,
  JAVA_TOOL_OPTIONS: /jdwp/,
  JDK_JAVA_OPTIONS: /jdwp/,
};

/** What variables of an image give away or turn off. Values are never told: they may be secrets. */
export function lintVariables(env: readonly string[]): readonly ImageObservation[] {
  return env.flatMap((variable) => {
    const equals = variable.indexOf("=");
    const name = equals < 0 ? variable : variable.slice(0, equals);
    const value = equals < 0 ? "" : variable.slice(equals + 1);
    const check = checkOf(name.slice(0, 200), value.slice(0, 4_096));
    return check === undefined ? [] : [observe(check, { params: { name } })];
  });
}

function checkOf(name: string, value: string): CheckRule | undefined {
  const upper = name.toUpperCase();
  if (isSecretVariable(upper, value)) {
    return IMAGE_CHECK.secretVariable;
  }
  if (VERIFICATION[upper]?.test(value) === true) {
    return IMAGE_CHECK.verificationOff;
  }
  if (DEBUG[upper]?.test(value) === true) {
    return IMAGE_CHECK.debugMode;
  }
  if ((upper === "LD_PRELOAD" || upper === "LD_AUDIT") && value !== "") {
    return IMAGE_CHECK.riskyVariable;
  }
  if ((upper === "PATH" || upper === "LD_LIBRARY_PATH") && value.split(":").some(isOpenFolder) && value !== "") {
    return IMAGE_CHECK.relativePath;
  }
  return undefined;
}

/** A name that is looked up where a process stands, or where everybody writes. An empty part is the current folder. */
function isOpenFolder(folder: string): boolean {
  return !folder.startsWith("/") || /^\/(?:var\/)?tmp(?:\/|$)/.test(folder);
}
