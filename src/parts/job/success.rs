//! The success policy of an Indexed Job: which indexes make it a success.
//!
//! Upstream: pkg/controller/job/success_policy.go

use super::indexes;
use super::sync::{Ending, Pass, count};

impl Pass {
    /// The first rule of the policy that the succeeded indexes fulfil.
    ///
    /// Upstream: `matchSuccessPolicy`
    pub(super) fn judge_success(&self) -> Option<Ending> {
        let rules = self.spec("successPolicy").get("rules").items();
        let completions = self.completions()?;
        let fulfilled = |rule: &crate::k8s::Value| {
            let least = rule.get("succeededCount").as_i64();
            let named = rule.get("succeededIndexes");
            if named.is_null() {
                return least.is_some_and(|least| count(self.indexes.len()) >= least);
            }
            let named = indexes::parse(named.text(), completions);
            let there = named.iter().filter(|i| self.indexes.contains(i)).count();
            count(there) >= least.unwrap_or(count(named.len()))
        };
        let index = rules.iter().position(fulfilled)?;
        let text = format!("Matched rules at index {index}");
        (!self.indexes.is_empty()).then(|| Ending::new("SuccessCriteriaMet", "SuccessPolicy", text))
    }
}

#[cfg(test)]
mod tests {
    use crate::k8s::{Kind, Object, Value};
    use crate::parts::job::sync::Pass;
    use crate::value;
    use std::sync::Arc;

    fn message(rules: Value, succeeded: &[i64]) -> Option<String> {
        let spec = value!({"completions": 5, "completionMode": "Indexed",
            "successPolicy": {"rules": rules}});
        let job = value!({"metadata": {"name": "j", "namespace": "n"}, "spec": spec});
        let mut pass = Pass::bare(Arc::new(Object::read(Kind::Job, job, None)));
        pass.indexes.extend(succeeded.iter().copied());
        pass.judge_success().map(|end| end.message.to_string())
    }

    #[test]
    fn a_rule_names_indexes_or_a_number_of_them_or_both() {
        let rules = || {
            value!([
                {"succeededIndexes": "0,3"}, {"succeededIndexes": "1-3", "succeededCount": 2},
                {"succeededCount": 3},
            ])
        };
        for (succeeded, rule) in [
            (&[][..], None),
            (&[0], None),
            (&[0, 3], Some(0)),
            (&[1, 3], Some(1)),
            (&[1, 4], None),
            (&[0, 1, 4], Some(2)),
        ] {
            let wanted = rule.map(|rule: i64| format!("Matched rules at index {rule}"));
            assert_eq!(message(rules(), succeeded), wanted, "{succeeded:?}");
        }
    }
}
