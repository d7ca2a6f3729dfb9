// SPDX-License-Identifier: Apache-2.0
import { type SecretRule, shaped } from "../secret-rule.ts";

/** Files in which programs keep credentials. */
export const FILE_RULES: readonly SecretRule[] = [
  shaped(
    { id: "netrc-password", vendor: "netrc", credential: "password", severity: "critical" },
    ["machine", "default"],
    /(?:machine[ \t\r\n]{1,8}[^\s]{1,256}|default)[ \t\r\n]{1,8}login[ \t\r\n]{1,8}[^\s]{1,256}[ \t\r\n]{1,8}password[ \t\r\n]{1,8}([^\s]{3,512})/y,
    { files: /(?:^|\/)[._]netrc$/ },
  ),
  shaped(
    { id: "docker-config-auth", vendor: "Docker", credential: "credentialsFile", severity: "critical" },
    ['"auth"'],
    /"auth"[ \t]{0,4}:[ \t\r\n]{0,8}"([A-Za-z0-9+/]{8,2000}={0,2})"/y,
    { files: /(?:^|\/)(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|containers\/auth\.json|config\.json)$/ },
  ),
  shaped(
    { id: "docker-config-identity-token", vendor: "Docker", credential: "refreshToken", severity: "critical" },
    ['"identitytoken"', '"registrytoken"'],
    /"(?:identitytoken|registrytoken)"[ \t]{0,4}:[ \t]{0,8}"([A-Za-z0-9._~+/=-]{16,4000})"/iy,
  ),
  shaped(
    { id: "git-credentials", vendor: "Git", credential: "password", severity: "critical" },
    ["tps://", "ttp://"],
    /t(?:tp|ps):\/\/[^\s:@/]{1,256}:([^\s@/]{3,512})@/y,
    {
      files: /(?:^|\/)(?:\.git-credentials|\.config\/git\/credentials|\.git\/config|\.gitconfig)$/,
      isInsideWord: true,
    },
  ),
  shaped(
    { id: "git-extra-header", vendor: "Git", credential: "password", severity: "critical" },
    ["authorization: basic", "authorization: bearer"],
    /authorization: (?:basic|bearer) ([A-Za-z0-9+/._~-]{16,2000}={0,2})/iy,
    { files: /(?:^|\/)(?:\.git\/config|\.gitconfig|config)$/ },
  ),
  shaped(
    { id: "kubeconfig-client-key", vendor: "Kubernetes", credential: "privateKey", severity: "critical" },
    ["client-key-data"],
    /client-key-data["']?:[ \t]{0,4}["']?(LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,8000}={0,2})/y,
    { shown: 4 },
  ),
  shaped(
    { id: "kubeconfig-token", vendor: "Kubernetes", credential: "accessToken", severity: "critical" },
    ["token:", '"token"'],
    /(?:token:|"token"[ \t]{0,4}:)[ \t]{0,4}["']?([A-Za-z0-9_.~-]{16,4000})(?![A-Za-z0-9_.~-])/y,
    {
      files:
        /(?:^|\/)(?:\.kube\/config|kubeconfig|kubeconfig\.ya?ml|admin\.conf|kubelet\.conf|[\w.-]{1,100}\.kubeconfig)$/,
    },
  ),
  shaped(
    { id: "kubeconfig-password", vendor: "Kubernetes", credential: "password", severity: "critical" },
    ["password:"],
    /password:[ \t]{0,4}["']?([^\s"']{4,512})/y,
    { files: /(?:^|\/)(?:\.kube\/config|kubeconfig|kubeconfig\.ya?ml)$/ },
  ),
  shaped(
    { id: "kubernetes-secret-manifest", vendor: "Kubernetes", credential: "password", severity: "medium" },
    ["kind: secret"],
    /kind: Secret[ \t]{0,4}\r?\n[\s\S]{0,600}?\ndata:[ \t]{0,4}\r?\n[ \t]{1,8}[\w.-]{1,253}:[ \t]{0,4}["']?([A-Za-z0-9+/]{8,4000}={0,2})["']?[ \t]{0,4}(?:\r?\n|$)/y,
    { files: /\.(?:ya?ml)$/ },
  ),
  shaped(
    { id: "kubernetes-service-account-token", vendor: "Kubernetes", credential: "accessToken", severity: "critical" },
    ["eyjhbgci"],
    /(eyJhbGci[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{20,4000}\.[A-Za-z0-9_-]{20,1000})/y,
    { files: /(?:^|\/)serviceaccount\/(?:\.\.data\/)?token$/, shown: 4 },
  ),
  shaped(
    { id: "htpasswd", vendor: "htpasswd", credential: "password", severity: "medium" },
    ["$2y$", "$2a$", "$2b$", "$apr1$", "{sha}"],
    /(\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}|\$apr1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|\{SHA\}[A-Za-z0-9+/]{27}=)/y,
    { files: /(?:^|\/)(?:\.?htpasswd|[\w.-]{0,60}\.htpasswd|users\.htpasswd)$/, shown: 4, isInsideWord: true },
  ),
  shaped(
    { id: "shadow-password-hash", vendor: "shadow", credential: "password", severity: "high" },
    [":$1$", ":$5$", ":$6$", ":$y$", ":$2b", ":$2y", ":$gy$"],
    /:(\$(?:1|5|6|y|gy|2b|2y)\$[A-Za-z0-9./$=,]{20,250}):/y,
    { files: /^etc\/shadow-?$/, shown: 3, isInsideWord: true },
  ),
  shaped(
    { id: "pgpass-password", vendor: "PostgreSQL", credential: "password" },
    [":5432:", ":*:*:"],
    /:(?:5432|\*):[^:\n]{1,64}:[^:\n]{1,64}:([^\s:]{3,256})/y,
    { files: /(?:^|\/)\.pgpass$/, isInsideWord: true },
  ),
  shaped(
    { id: "my-cnf-password", vendor: "MySQL", credential: "password" },
    ["password"],
    /password[ \t]{0,4}=[ \t]{0,4}["']?([^\s"'#]{3,256})/y,
    { files: /(?:^|\/)(?:\.my\.cnf|\.mylogin\.cnf|my\.cnf|debian\.cnf)$/ },
  ),
  shaped(
    { id: "s3cfg-secret-key", vendor: "s3cmd", credential: "secretKey", severity: "critical" },
    ["secret_key"],
    /secret_key[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{20,128}={0,2})/y,
    { files: /(?:^|\/)\.(?:s3cfg|boto|passwd-s3fs)$/ },
  ),
  shaped(
    { id: "rclone-password", vendor: "rclone", credential: "password" },
    ["pass =", "pass=", "client_secret", "token ="],
    /(?:pass|client_secret|token)[ \t]{0,4}=[ \t]{0,4}([^\s{}]{8,512})/y,
    { files: /(?:^|\/)rclone(?:\/rclone)?\.conf$/ },
  ),
  shaped(
    { id: "maven-settings-password", vendor: "Maven", credential: "password" },
    ["<password>", "<passphrase>"],
    /<pass(?:word|phrase)>([^<>{}$\s]{4,256})<\/pass/y,
    { files: /(?:^|\/)(?:\.m2\/settings(?:-security)?\.xml|settings\.xml)$/, isInsideWord: true },
  ),
  shaped(
    { id: "gradle-properties-password", vendor: "Gradle", credential: "password" },
    ["password", "passwd"],
    /pass(?:word|wd)[ \t]{0,4}=[ \t]{0,4}([^\s$]{4,256})/iy,
    { files: /(?:^|\/)gradle\.properties$/, isInsideWord: true },
  ),
  shaped(
    { id: "tomcat-users-password", vendor: "Apache Tomcat", credential: "password" },
    ["password="],
    /password=["']([^"'<>$]{3,256})["']/y,
    { files: /(?:^|\/)tomcat-users\.xml$/ },
  ),
  shaped(
    { id: "rails-master-key", vendor: "Ruby on Rails", credential: "encryptionKey", severity: "critical" },
    ["rails_master_key", "secret_key_base"],
    /(?:RAILS_MASTER_KEY|secret_key_base|SECRET_KEY_BASE)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([0-9a-f]{32,128})(?![0-9a-f])/y,
    { minEntropy: 3 },
  ),
  shaped(
    { id: "django-secret-key", vendor: "Django", credential: "signingKey" },
    ["secret_key"],
    /SECRET_KEY[ \t]{0,4}=[ \t]{0,4}["']((?:django-insecure-)?[A-Za-z0-9!@#$%^&*(_=+)-]{40,80})["']/y,
    { minEntropy: 3.8 },
  ),
  shaped(
    { id: "laravel-app-key", vendor: "Laravel", credential: "encryptionKey" },
    ["app_key=base64:"],
    /APP_KEY=base64:([A-Za-z0-9+/]{43}=)/y,
    { minEntropy: 4 },
  ),
  shaped(
    { id: "wordpress-database-password", vendor: "WordPress", credential: "password" },
    ["db_password"],
    /DB_PASSWORD["'][ \t]{0,4},[ \t]{0,4}["']([^"'\n]{4,256})["']/y,
    { files: /(?:^|\/)wp-config\.php$/ },
  ),
  shaped(
    { id: "wordpress-auth-key", vendor: "WordPress", credential: "signingKey" },
    ["auth_key", "auth_salt", "logged_in_key", "nonce_key"],
    /(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)["'][ \t]{0,4},[ \t]{0,4}["']([^"'\n]{40,80})["']/y,
    { files: /(?:^|\/)wp-config\.php$/, minEntropy: 4, isInsideWord: true },
  ),
  shaped(
    { id: "filezilla-password", vendor: "FileZilla", credential: "password" },
    ["<pass encoding", "<pass>"],
    /<Pass(?: encoding="[a-z0-9]{1,12}")?>([^<\s]{3,256})</y,
    { files: /(?:^|\/)(?:sitemanager|recentservers|filezilla)\.xml$/i, isInsideWord: true },
  ),
  shaped(
    { id: "wifi-passphrase", vendor: "wpa_supplicant", credential: "password", severity: "medium" },
    ["psk=", "[wifi-security]"],
    /psk=["']?([^\s"']{8,64})/y,
    { files: /(?:wpa_supplicant[\w.-]{0,60}\.conf|\.nmconnection)$/ },
  ),
  shaped(
    { id: "cups-or-samba-credentials", vendor: "Samba", credential: "password" },
    ["password="],
    /password=([^\s]{3,256})/y,
    { files: /(?:^|\/)\.?(?:smbcredentials|cifs[\w.-]{0,40}credentials|credentials\.cifs)$/ },
  ),
];
