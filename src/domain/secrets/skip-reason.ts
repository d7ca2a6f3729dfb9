// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";

/** Why a file is not read for secrets. */
export type SkipReason =
  | "tooSmall"
  | "tooLarge"
  | "binary"
  | "binaryName"
  | "documentation"
  | "testData"
  | "packageRecord";

/** Nothing shorter holds a secret and its name. */
const MIN_BYTES = 12;

/** Files whose bytes are never text. */
const BINARY_NAME =
  /\.(?:a|apk|avi|avif|bin|bmp|br|bz2|cab|class|crl|crt|db|deb|dll|dylib|eot|exe|flac|gem|gif|gz|h|hpp|hdr|ico|idx|jar|jpe?g|ko|lz4|lzma|map|mo|mov|mp[34]|node|o|ogg|otf|pack|parquet|pdf|png|pyc|pyd|pyo|rpm|so(?:\.[0-9.]{1,20})?|svgz?|tgz|tiff?|ttc|ttf|war|wasm|wav|webm|webp|whl|woff2?|xz|zip|zst)$/i;

/** Folders of what is read by people or by nobody. */
const DOCUMENTATION =
  /^(?:usr\/(?:local\/)?share\/(?:doc|man|info|locale|i18n|licenses|zoneinfo|icons|fonts|mime|terminfo|lintian|bash-completion|zsh|vim|common-licenses|perl|gtk-doc|help|pixmaps|themes|X11|keymaps|consolefonts|unicode|misc|ca-certificates|python-wheels|mysql\/charsets)\/|usr\/include\/|usr\/lib\/(?:x86_64-linux-gnu|aarch64-linux-gnu)\/(?:perl|gconv)|etc\/ssl\/certs\/|etc\/pki\/(?:ca-trust|tls\/certs)\/|usr\/share\/pki\/|proc\/|sys\/|dev\/)/;

/** What package managers wrote down about packages: names, hashes and signatures that look like secrets. */
const PACKAGE_RECORD =
  /(?:^(?:var\/lib\/(?:dpkg|apk|rpm|apt|pacman)\/|usr\/lib\/(?:apk|sysimage)\/|lib\/apk\/|var\/cache\/)|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|\.package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|composer\.lock|installed\.json|Gemfile\.lock|Cargo\.lock|Cargo\.toml\.orig|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|go\.sum|packages\.lock\.json|pubspec\.lock|mix\.lock|flake\.lock|RECORD|METADATA|PKG-INFO|SHA256SUMS)$|\.(?:md5sums|list|deps\.json|sri|sha(?:1|256|512)|asc|sig)$)/;

/** Within installed packages: tests, examples, documentation and settings of coverage services, which come from the authors of the packages. */
const PACKAGE_FOLDER =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor\/bundle|go\/pkg\/mod|\.cargo\/registry|usr\/(?:local\/)?lib\/(?:python|ruby|go|node|perl|php|jvm)|usr\/(?:local\/)?share\/(?:perl5|php|ruby|go|nodejs|python3)|usr\/local\/go|opt\/[^/]{1,60}\/lib\/python|vendor\/[^/]{1,60}\/[^/]{1,60})/;
const TEST_DATA =
  /(?:^|\/)(?:tests?|__tests__|testing|test[-_]?data|testsuite|specs?|fixtures?|__fixtures__|examples?|samples?|demos?|docs?|mocks?|__mocks__|benchmarks?|idle_test|pythontest)\/|(?:^|\/)(?:README|CHANGELOG|CHANGES|HISTORY|LICENSE|NOTICE|AUTHORS|CONTRIBUTING)(?:\.[\w.-]{1,20})?$|\.(?:md|markdown|rst|adoc|d\.ts|d\.mts|d\.cts|rbs|pyi)$|[._-](?:test|spec)\.[a-z]{1,4}$|(?:^|\/)test_[^/]{1,100}\.py$|(?:^|\/)\.?(?:coveralls|codecov)\.ya?ml$|_test\.(?:go|py|rb)$/i;

/** Files that hold settings and keys: read up to what any analyzer may read, so that padding hides nothing. */
const SETTINGS_NAME =
  /(?:^|\/)\.(?:env|npmrc|netrc|pypirc|pgpass|git-credentials|dockercfg)(?:\.[\w-]{1,40})?$|\.(?:env|pem|key|ya?ml|json|properties|conf|cfg|ini|toml|tfvars|tfstate|sh|bash)$/i;

/** Why a file of this path and size is not read, as far as that can be told without its content; `undefined`: it is. */
export function skipReasonOf(path: string, size: number): SkipReason | undefined {
  if (size < MIN_BYTES) {
    return "tooSmall";
  }
  if (size > LIMITS.maxSecretFileBytes && (!SETTINGS_NAME.test(path) || PACKAGE_FOLDER.test(path))) {
    return "tooLarge";
  }
  if (BINARY_NAME.test(path)) {
    return "binaryName";
  }
  if (DOCUMENTATION.test(path)) {
    return "documentation";
  }
  if (PACKAGE_RECORD.test(path)) {
    return "packageRecord";
  }
  return PACKAGE_FOLDER.test(path) && TEST_DATA.test(path) ? "testData" : undefined;
}

/** Whether the first bytes of a file are not those of a text: a NUL among them, as git tells it. */
export function isBinary(head: Uint8Array): boolean {
  return head.includes(0);
}
