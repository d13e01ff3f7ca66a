//! The object model and the pure rules over it. Knows neither time, storage nor events.

pub mod str;

pub mod value;

pub mod kind;

pub mod timestamp;

pub mod de;

pub mod object;

pub mod api;

pub mod schema;

pub mod decode;

pub mod defaults;

pub mod patch;

pub mod managed_fields;

pub mod order;

pub mod map;
pub mod ordered;

pub mod names;

pub mod hash;

pub mod int_or_percent;

pub mod quantity;

pub mod qos;

pub mod pod_resources;

pub mod quota;

pub mod taint;

pub mod selector;

pub mod affinity;

pub mod number;

pub mod json;

pub mod base64;

pub mod diff;

pub mod yaml;

pub mod span;

pub mod validate;

pub use kind::Kind;
pub use map::{Form, Map, Shapes};
pub use object::{Meta, Object, ObjectKey, OwnerRef, View};
pub use str::Str;
pub use timestamp::Timestamp;
pub use value::{List, Value};
