// SPDX-License-Identifier: Apache-2.0

/** Names of variables that hold secrets: whole words between underscores, so that `TOKENIZER` and `KEYCLOAK_URL` are none. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?|AUTH_KEY)(?:$|_(?!FILE|PATH|URL|URI|DIR|NAME|ID|LENGTH|TYPE|EXPIRY|TTL|ALG|FORMAT|VERSION|TIMEOUT))/;
/** The working directory, which shells keep in variables of this name. */
const NOT_SECRET_NAME =
  /^(?:PWD|OLDPWD)$|_(?:FILE|PATH|URL|URI|DIR|NAME|LENGTH|TYPE|EXPIRY|TTL|ALG|FORMAT|VERSION|TIMEOUT|ENABLED|REQUIRED)$/;
/** Values that are none: empty, switches, numbers of a few digits, paths and references. */
const NO_VALUE = /^(?:|true|false|yes|no|on|off|none|null|[0-9]{1,4}|\/.*|\$.*|<.*>|file:.*)$/i;

/** Whether a variable of this name holds a secret, and the value may be one. */
export function isSecretVariable(name: string, value: string): boolean {
  const upper = name.toUpperCase();
  return SECRET_NAME.test(upper) && !NOT_SECRET_NAME.test(upper) && !NO_VALUE.test(value);
}
