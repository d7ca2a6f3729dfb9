// SPDX-License-Identifier: Apache-2.0
import { type SecretRule, shaped } from "../secret-rule.ts";

/** Files that hold settings: `name=value` and nothing else. Programs have too much that only looks like it. */
const SETTINGS_FILES =
  /(?:(?:^|\/)\.env(?:\.[\w.-]{1,40})?|\.(?:env|properties|ini|cfg|conf|cnf|toml|ya?ml|tfvars|tfstate))$/;

function connection(id: string, vendor: string, schemes: readonly string[], names: string): SecretRule {
  return shaped(
    { id, vendor, credential: "connectionString" },
    schemes.map((scheme) => `${scheme}://`),
    new RegExp(`(?:${names})://[^\\s:@/'"<>\`]{0,128}:([^\\s@/'"<>\`]{3,256})@[A-Za-z0-9\\[]`, "iy"),
    { isInsideWord: true },
  );
}

/** Secrets of no single vendor. */
export const GENERIC_RULES: readonly SecretRule[] = [
  connection("postgresql-connection-string", "PostgreSQL", ["postgres", "postgresql"], "postgres|postgresql"),
  connection("mysql-connection-string", "MySQL", ["mysql", "mysql2", "mariadb"], "mysql2?|mariadb"),
  connection("mongodb-connection-string", "MongoDB", ["mongodb", "mongodb+srv"], "mongodb(?:\\+srv)?"),
  connection("redis-connection-string", "Redis", ["redis", "rediss"], "rediss?"),
  connection("amqp-connection-string", "AMQP", ["amqp", "amqps"], "amqps?"),
  connection("ldap-connection-string", "LDAP", ["ldap", "ldaps"], "ldaps?"),
  connection("smtp-connection-string", "SMTP", ["smtp", "smtps"], "smtps?"),
  connection(
    "ftp-connection-string",
    "FTP",
    ["ftp", "sftp", "ftps"].map((each) => (each === "ftp" ? "/ftp" : each)),
    "/ftp|sftp|ftps",
  ),
  connection("clickhouse-connection-string", "ClickHouse", ["clickhouse"], "clickhouse"),
  connection("nats-connection-string", "NATS", ["nats"], "nats"),
  shaped(
    { id: "jdbc-password", vendor: "JDBC", credential: "connectionString" },
    ["jdbc:"],
    /jdbc:[a-z0-9:]{2,40}:[^\s"'<>]{1,400}?[?&;]password=([^\s"'&;<>$]{3,256})/iy,
    { isInsideWord: true },
  ),
  shaped(
    { id: "ado-net-password", vendor: "SQL Server", credential: "connectionString" },
    ["server=", "data source="],
    /(?:server|data source)=[^\s;"']{1,200};(?:[A-Za-z ]{2,40}=[^;"'\n]{0,200};){0,8}[ ]{0,2}(?:password|pwd)=([^;"'\n$]{3,256})/iy,
    { isInsideWord: true },
  ),
  shaped(
    { id: "sql-create-user-password", vendor: "SQL", credential: "password" },
    ["identified by", "with password", "encrypted password"],
    /(?:identified by|(?:with|encrypted) password)[ \t]{1,4}'([^'\n$]{6,256})'/iy,
    { minEntropy: 2.5 },
  ),
  shaped(
    { id: "url-password", vendor: "URL", credential: "connectionString", severity: "medium" },
    ["tps://", "ttp://"],
    /t(?:tp|ps):\/\/[A-Za-z0-9_.%~+-]{1,128}:([A-Za-z0-9_.!$&()*+,;=%~-]{6,256})@[A-Za-z0-9.-]{4,253}/y,
    { isInsideWord: true, minEntropy: 2.8, isGeneric: true },
  ),
  shaped(
    { id: "jwt", vendor: "JWT", credential: "jwt", severity: "medium" },
    ["eyjhbgci", "eyj0exai", "eyjrawqi", "eyjlbmmi", "eyjqa3ui", "eyj4nxqi"],
    /(eyJ[A-Za-z0-9_-]{12,2000}\.eyJ[A-Za-z0-9_-]{12,6000}\.[A-Za-z0-9_-]{20,1000})(?![A-Za-z0-9_-])/y,
    { shown: 4, minEntropy: 3.5, isGeneric: true },
  ),
  shaped(
    { id: "authorization-header", vendor: "HTTP", credential: "accessToken", severity: "medium" },
    ["authorization"],
    /authorization["']?[ \t]{0,4}[:=,][ \t]{0,4}["']?(?:bearer|basic|token)[ \t]{1,4}([A-Za-z0-9+/._~-]{20,2000}={0,2})/iy,
    { isInsideWord: true, minEntropy: 3.5, isGeneric: true },
  ),
  shaped(
    { id: "curl-user-password", vendor: "curl", credential: "password", severity: "medium" },
    ["curl"],
    /curl[ \t][^\n|;&]{0,200}?(?:-u|--user)[ \t=]{1,2}["']?[^\s:"'$]{1,128}:([^\s"'$@]{4,256})/y,
    { isGeneric: true, minEntropy: 2.5 },
  ),
  shaped(
    { id: "sshpass-password", vendor: "sshpass", credential: "password" },
    ["sshpass"],
    /sshpass[ \t]{1,4}-p[ \t]{0,4}["']?([^\s"'$]{4,256})/y,
    { isGeneric: true },
  ),
  shaped(
    { id: "chpasswd-password", vendor: "chpasswd", credential: "password" },
    ["echo"],
    /echo[ \t]{1,4}["']?[a-z_][a-z0-9_-]{0,31}:([^\s"'$|]{3,256})["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?chpasswd/y,
    { isGeneric: true },
  ),
  shaped(
    { id: "password-assignment", vendor: "generic", credential: "password", severity: "medium" },
    ["password", "passwd", "passphrase"],
    /pass(?:word|wd|phrase)["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([^\s"'`<>{}$,;#()[\]]{8,128})["'`]?[ \t]{0,4}(?=[\r\n,;#]|$)/iy,
    { isInsideWord: true, minEntropy: 3, isGeneric: true, files: SETTINGS_FILES },
  ),
  shaped(
    { id: "secret-assignment", vendor: "generic", credential: "secretKey", severity: "medium" },
    ["secret", "private_key", "access_key", "encryption_key", "signing_key"],
    /(?:secret|private|access|encryption|signing)[_.-]?(?:key|token|base|value)?["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([A-Za-z0-9+/_=.~-]{16,256})["'`]?[ \t]{0,4}(?=[\r\n,;#]|$)/iy,
    { isInsideWord: true, minEntropy: 3.5, isGeneric: true, files: SETTINGS_FILES },
  ),
  shaped(
    { id: "token-assignment", vendor: "generic", credential: "accessToken", severity: "medium" },
    ["token"],
    /token["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([A-Za-z0-9+/_=.~-]{20,512})["'`]?[ \t]{0,4}(?=[\r\n,;#]|$)/iy,
    { isInsideWord: true, minEntropy: 3.5, isGeneric: true, files: SETTINGS_FILES },
  ),
  shaped(
    { id: "api-key-assignment", vendor: "generic", credential: "apiKey", severity: "medium" },
    ["api_key", "apikey", "api-key", "api.key"],
    /api[_.-]?key["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([A-Za-z0-9+/_=.~-]{16,256})["'`]?[ \t]{0,4}(?=[\r\n,;#]|$)/iy,
    { isInsideWord: true, minEntropy: 3.3, isGeneric: true, files: SETTINGS_FILES },
  ),
];
