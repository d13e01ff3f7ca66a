//! One moment of the world as plain screen values, without web types: what the page shows.
