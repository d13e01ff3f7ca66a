// The YAML editor, loaded lazily; the page works with its plain text area before and without it.
export {};
