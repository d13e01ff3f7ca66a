//! What the schema says of the fields that a patch meets.

use crate::k8s::Kind;
use crate::k8s::schema::{DefinitionId, Field, Type, definition_id, schema};

/// The type of the tree that is patched.
#[derive(Clone, Copy)]
pub(super) enum At {
    Struct(DefinitionId),
    /// No struct; the Go kind is for the error.
    Other(&'static str),
}

impl At {
    pub(super) fn root(kind: Kind) -> Self {
        At::Struct(definition_id(kind))
    }

    fn of(ty: &Type) -> Self {
        match ty {
            Type::Struct(id) => At::Struct(*id),
            Type::Map(_) => At::Other("map"),
            Type::List(_) | Type::Bytes => At::Other("slice"),
            Type::String => At::Other("string"),
            Type::Bool => At::Other("bool"),
            Type::Int32 => At::Other("int32"),
            Type::Int64 => At::Other("int64"),
            Type::Quantity | Type::IntOrString | Type::Time | Type::MicroTime | Type::Raw => {
                At::Other("struct")
            }
        }
    }

    /// A field of the struct is replaced as a whole.
    pub(super) fn replaces(self) -> bool {
        match self {
            At::Struct(id) => schema().definition(id).fields.iter().any(|f| f.replace),
            At::Other(_) => false,
        }
    }
}

/// How a field is patched, and what is in it (for a list: in its elements).
pub(super) struct Meta {
    pub(super) below: At,
    pub(super) merge: bool,
    pub(super) replace: bool,
    pub(super) retain_keys: bool,
    pub(super) merge_key: &'static str,
}

/// Looks a field up that holds a map or a list.
///
/// Upstream: apimachinery/third_party/forked/golang/json/fields.go `LookupPatchMetadataForStruct`.
pub(super) fn look_up(at: At, name: &str) -> Result<Meta, String> {
    let field: &'static Field = match at {
        At::Struct(id) => {
            let definition = schema().definition(id);
            definition.field(name).ok_or_else(|| {
                let owner = definition.go_name();
                format!("unable to find api field in struct {owner} for the json field {name:?}")
            })?
        }
        At::Other(kind) => {
            return Err(format!(
                "merging an object in json but data type is not struct, instead is: {kind}"
            ));
        }
    };
    let below = match &field.ty {
        Type::List(item) => At::of(item),
        ty => At::of(ty),
    };
    Ok(Meta {
        below,
        merge: field.merge,
        replace: field.replace,
        retain_keys: field.retain_keys,
        merge_key: field.merge_key.unwrap_or(""),
    })
}
