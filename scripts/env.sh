# Sourced by the other scripts: versions, and where tools are looked for.
trunk_version=0.21.14
wasm_bindgen_version=0.2.130
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PATH="$root/.tools/bin:$root/node_modules/.bin:$HOME/.cargo/bin:$PATH"
