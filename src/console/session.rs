//! `Session`: what a terminal remembers between two lines.

use super::files::Files;
use crate::k8s::ordered::BTreeMap;

/// Variables, files, the folder and the namespace of one terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    pub files: Files,
    /// The working folder, normalized, empty for the root.
    pub folder: String,
    pub variables: BTreeMap<String, String>,
    /// Alternative names of commands.
    pub aliases: BTreeMap<String, String>,
    /// The default namespace of kubectl.
    pub namespace: String,
    /// The lines typed so far.
    pub history: Vec<String>,
    /// Exit code of the last command.
    pub code: u8,
    /// What the page has to do: open an editor, clear the screen.
    pub wishes: Vec<Wish>,
    /// What the words of the command being started came to that is wrong.
    pub complaints: Vec<String>,
    /// A `break`, `continue` or `exit` on its way to what it ends.
    pub jump: Option<Jump>,
    /// Commands that the present line has started.
    pub started: u32,
    /// How many scripts (`bash FILE`) run within each other at this moment.
    pub scripts: u32,
    /// Files whose editor was closed again; the page adds them, the commands that opened them take them out.
    pub closed: Vec<String>,
}

/// Something that only the page can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Show a file in the editor.
    Open(String),
    /// Empty the terminal.
    Clear,
}

/// Where the shell goes on after `break`, `continue` and `exit`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Jump {
    /// Behind the loop, that many levels up.
    Break(u32),
    /// At the loop's next round, that many levels up.
    Continue(u32),
    /// Nowhere: the script ends.
    Exit,
}

impl Default for Session {
    fn default() -> Self {
        let aliases = [("k".to_owned(), "kubectl".to_owned())];
        Self {
            files: Files::default(),
            folder: String::new(),
            variables: BTreeMap::new(),
            aliases: aliases.into_iter().collect(),
            namespace: "default".to_owned(),
            history: Vec::new(),
            code: 0,
            wishes: Vec::new(),
            complaints: Vec::new(),
            jump: None,
            started: 0,
            scripts: 0,
            closed: Vec::new(),
        }
    }
}

impl Session {
    /// The full path of a path typed in the working folder.
    pub fn path(&self, typed: &str) -> String {
        if typed.starts_with('/') {
            Files::normal(typed)
        } else {
            Files::normal(&format!("{}/{typed}", self.folder))
        }
    }
}
