// SPDX-License-Identifier: Apache-2.0

/** How a program without a package is known by the text in it. */
export interface KnownProgram {
  readonly name: string;
  /** Names of its file. */
  readonly file: RegExp;
  /** Stands near the version; searched for in the whole file. */
  readonly mark: string;
  /** How many bytes before the mark are looked at as well. */
  readonly before?: number;
  /** The version in the text around the mark. */
  readonly version: RegExp;
}

/**
 * Programs and libraries that images often carry without a package, built by the image's maker. Each line was tried on the
 * program of a Debian package. Names are those of the Bitnami database where it has the program.
 */
const KNOWN_PROGRAMS: readonly KnownProgram[] = [
  { name: "node", file: /^node(js)?$/, mark: "node.js/v", version: /^node\.js\/v(\d+\.\d+\.\d+)/ },
  {
    name: "openssl",
    file: /^(openssl|libcrypto\.so[.0-9]*)$/,
    mark: "OpenSSL ",
    version: /^OpenSSL (\d+\.\d+\.\d+[a-z]*) /,
  },
  {
    name: "nginx",
    file: /^nginx(-debug)?$/,
    mark: "nginx version: ",
    version: /^nginx version: nginx\/(\d+\.\d+\.\d+)/,
  },
  { name: "busybox", file: /^busybox$/, mark: "BusyBox v", version: /^BusyBox v(\d+\.\d+\.\d+)/ },
  { name: "memcached", file: /^memcached$/, mark: "memcached ", version: /^memcached (\d+\.\d+\.\d+)/ },
  { name: "apache", file: /^(httpd|apache2)$/, mark: "Apache/", version: /^Apache\/(\d+\.\d+\.\d+)/ },
  {
    name: "php",
    file: /^(php(-cgi|-fpm)?[.0-9]*|libphp[.0-9]*\.so)$/,
    mark: "X-Powered-By: PHP/",
    version: /^X-Powered-By: PHP\/(\d+\.\d+\.\d+)/,
  },
  {
    name: "mariadb",
    file: /^(mariadbd|mysqld)$/,
    mark: "-MariaDB",
    before: 12,
    version: /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})-MariaDB/,
  },
  {
    name: "ruby",
    file: /^(ruby[.0-9]*|libruby[-.0-9]*\.so[.0-9]*)$/,
    mark: "ruby ",
    version: /^ruby (\d+\.\d+\.\d+)(?:p\d+)? \(\d{4}-/,
  },
  { name: "curl", file: /^libcurl\.so[.0-9]*$/, mark: "libcurl/", version: /^libcurl\/(\d+\.\d+\.\d+)/ },
  { name: "curl", file: /^curl$/, mark: "curl/", version: /^curl\/(\d+\.\d+\.\d+)/ },
  { name: "git", file: /^git$/, mark: "git/", version: /^git\/(\d+\.\d+\.\d+)/ },
  { name: "lighttpd", file: /^lighttpd$/, mark: "lighttpd/", version: /^lighttpd\/(\d+\.\d+\.\d+)/ },
  { name: "varnish", file: /^varnishd$/, mark: "varnish-", version: /^varnish-(\d+\.\d+\.\d+) revision/ },
  { name: "bash", file: /^bash$/, mark: "@(#)Bash version ", version: /^@\(#\)Bash version (\d+\.\d+\.\d+)/ },
  {
    name: "postgresql",
    file: /^postgres$/,
    mark: "postgres (PostgreSQL) ",
    version: /^postgres \(PostgreSQL\) (\d+(?:\.\d+)+)/,
  },
  { name: "squid", file: /^squid$/, mark: "squid/", version: /^squid\/(\d+\.\d+(?:\.\d+)?)/ },
  { name: "openssh", file: /^sshd$/, mark: "OpenSSH_", version: /^OpenSSH_(\d+\.\d+p\d+)/ },
  { name: "dnsmasq", file: /^dnsmasq$/, mark: "dnsmasq-", version: /^dnsmasq-(\d+\.\d+)/ },
  // Version, host, time in seconds, whether there were changes, and commit; tarballs have none, which is eight zeros.
  {
    name: "redis",
    file: /^redis-(server|check-rdb|check-aof|sentinel)$/,
    mark: "00000000\0",
    before: 120,
    version: /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3}?)(?:[A-Za-z][\w.-]{0,64}-)?1\d{9}\d00000000\0/,
  },
  {
    name: "haproxy",
    file: /^haproxy$/,
    mark: ", released 20",
    before: 64,
    version: /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})(?:[-~+][\w.+~-]{0,40})?, released 20/,
  },
];

/** `python3.11`, `libpython3.11.so.1.0`: the file's name says the first two numbers. */
const PYTHON = /^(?:lib)?python(\d\.\d{1,2})m?(?:\.so[.0-9]*)?$/;

/** The program that a file of this name may be. */
export function knownProgram(fileName: string): KnownProgram | undefined {
  const [, series] = PYTHON.exec(fileName) ?? [];
  if (series !== undefined) {
    return {
      name: "python",
      file: PYTHON,
      mark: `${series}.`,
      before: 1,
      version: new RegExp(`(?<![\\d.])(${series.replace(".", "\\.")}\\.\\d{1,3}(?:rc\\d{1,2}|[ab]\\d{1,2})?)\\+?\0`),
    };
  }
  return KNOWN_PROGRAMS.find(({ file }) => file.test(fileName));
}
