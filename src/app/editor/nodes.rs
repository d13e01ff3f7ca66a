//! The cluster's nodes as a file.

use crate::cluster::Cluster;
use crate::view::nodes_text;

/// The name of the file.
pub const FILE: &str = "nodes.yaml";

/// The nodes of a cluster as `kubectl apply` reads them.
pub fn text(cluster: &Cluster) -> String {
    nodes_text::text(cluster)
}
