//! Reading a golden case from its folder; used by the golden test and by `examples/transcript.rs`.

use daemonset_playground::console::files::Files;
use daemonset_playground::console::script::{Case, nodes};
use std::fs;
use std::path::Path;

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(bytes), Ok(name)) = (fs::read(&path), path.strip_prefix(root)) {
            let name = name.to_string_lossy();
            if name != "transcript.txt" {
                files.write(&name, &String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// The case of a folder; its nodes are those of the nearest `cluster.yaml`.
pub fn load(folder: &Path) -> Case {
    let mut files = Files::default();
    collect(folder, folder, &mut files);
    let own = fs::read_to_string(folder.join("cluster.yaml"));
    let shared = folder.ancestors().skip(1).take(3);
    let mut shared = shared.map(|f| fs::read_to_string(f.join("cluster.yaml")));
    let cluster = own.ok().or_else(|| shared.find_map(Result::ok));
    // A case that lies alone has the default cluster of the recorded ones.
    let usual = include_str!("../golden/cluster.yaml");
    Case {
        nodes: nodes(cluster.as_deref().unwrap_or(usual)),
        files,
        script: fs::read_to_string(folder.join("script.txt")).unwrap_or_default(),
    }
}
