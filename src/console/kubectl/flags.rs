//! Flags that several commands share.

use crate::console::args::{Flag, Takes, long, short};

/// Known to every command. Most of them mean nothing here and are read over.
pub const GLOBAL: &[Flag] = &[
    short('n', "namespace", Takes::Text),
    short('h', "help", Takes::Bool),
    short('v', "v", Takes::Text),
    short('s', "server", Takes::Text),
    long("as", Takes::Text),
    long("as-group", Takes::Each),
    long("as-uid", Takes::Text),
    long("as-user-extra", Takes::Each),
    long("cache-dir", Takes::Text),
    long("certificate-authority", Takes::Text),
    long("client-certificate", Takes::Text),
    long("client-key", Takes::Text),
    long("cluster", Takes::Text),
    long("context", Takes::Text),
    long("disable-compression", Takes::Bool),
    long("insecure-skip-tls-verify", Takes::Bool),
    long("kubeconfig", Takes::Text),
    long("kuberc", Takes::Text),
    long("log-flush-frequency", Takes::Duration),
    long("match-server-version", Takes::Bool),
    long("password", Takes::Text),
    long("profile", Takes::Text),
    long("profile-output", Takes::Text),
    long("request-timeout", Takes::Text),
    long("tls-server-name", Takes::Text),
    long("token", Takes::Text),
    long("user", Takes::Text),
    long("username", Takes::Text),
    long("vmodule", Takes::Text),
    long("warnings-as-errors", Takes::Bool),
];

/// `-f`, `-R`, `-k`
pub const FILES: &[Flag] = &[
    short('f', "filename", Takes::List),
    short('R', "recursive", Takes::Bool),
    short('k', "kustomize", Takes::Text),
];

/// `-l`
pub const SELECTOR: &[Flag] = &[short('l', "selector", Takes::Text)];

/// `--field-selector`
pub const FIELD_SELECTOR: &[Flag] = &[long("field-selector", Takes::Text)];

/// `-A`
pub const ALL_NAMESPACES: &[Flag] = &[short('A', "all-namespaces", Takes::Bool)];

/// `--all`
pub const ALL: &[Flag] = &[long("all", Takes::Bool)];

/// `-o` and what belongs to it.
pub const OUTPUT: &[Flag] = &[
    short('o', "output", Takes::Text),
    long("template", Takes::Text),
    long("allow-missing-template-keys", Takes::Bool),
    long("show-managed-fields", Takes::Bool),
];

/// `--dry-run`
pub const DRY_RUN: &[Flag] = &[long("dry-run", Takes::Maybe("unchanged"))];

/// `--field-manager`
pub const FIELD_MANAGER: &[Flag] = &[long("field-manager", Takes::Text)];

/// `--record`
pub const RECORD: &[Flag] = &[long("record", Takes::Bool)];

/// `--validate`
pub const VALIDATE: &[Flag] = &[long("validate", Takes::Maybe("strict"))];
