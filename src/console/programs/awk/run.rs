//! Running an awk program: statements, expressions, fields.

use super::super::decimal::Decimal;
use super::super::regex::Regex;
use super::function::{TEXT_MAX, formatted};
use super::program::{Comparison, Expression, Operator, Pattern, Place, Program, Statement};
use super::value::Value;
use crate::k8s::ordered::BTreeMap;
use std::sync::Arc;

/// Steps that one program may take over all its input.
const STEPS_MAX: usize = 2_000_000;
/// Fields of a line and elements of all arrays.
const FIELDS_MAX: usize = 100_000;

/// How a rule or a statement ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    On,
    Next,
    Break,
    Continue,
    Exit,
}

/// Why a program cannot go on.
pub enum Stop {
    Trouble(String),
}

type Printed<'a> = &'a mut dyn FnMut(&str);

/// A program and what it remembers.
#[derive(Clone)]
pub struct Machine {
    program: Arc<Program>,
    variables: BTreeMap<String, Value>,
    arrays: BTreeMap<String, BTreeMap<String, Value>>,
    elements: usize,
    line: String,
    fields: Vec<String>,
    /// Ranges that are open, by rule.
    open: Vec<bool>,
    number: usize,
    file_number: usize,
    file: String,
    steps: usize,
    exited: bool,
    pub(super) last_pattern: Option<(String, Regex)>,
    /// What has to be said on the error stream.
    pub trouble: Option<String>,
    pub code: u8,
}

impl Machine {
    pub fn new(program: Program) -> Self {
        let mut variables = BTreeMap::new();
        for (name, value) in [
            ("FS", " "),
            ("OFS", " "),
            ("ORS", "\n"),
            ("SUBSEP", "\u{1c}"),
        ] {
            variables.insert(name.to_owned(), Value::Text(value.to_owned()));
        }
        Self {
            open: vec![false; program.rules.len()],
            program: Arc::new(program),
            variables,
            arrays: BTreeMap::new(),
            elements: 0,
            line: String::new(),
            fields: Vec::new(),
            number: 0,
            file_number: 0,
            file: String::new(),
            steps: 0,
            exited: false,
            last_pattern: None,
            trouble: None,
            code: 0,
        }
    }

    /// A variable given on the command line.
    pub fn set(&mut self, name: &str, value: &str) {
        self.assign(name, Value::Input(value.to_owned()));
    }

    /// `exit` ran, or the program cannot go on.
    pub fn ended(&self) -> bool {
        self.exited
    }

    /// Runs the `BEGIN` rules.
    pub fn begin(&mut self, out: Printed<'_>) {
        self.rules(&|p| matches!(p, Pattern::Begin), out);
    }

    /// Runs the `END` rules, also after an `exit` elsewhere.
    pub fn finish(&mut self, out: Printed<'_>) {
        let troubled = self.code == 2 && self.exited;
        self.exited = false;
        if !troubled {
            self.rules(&|p| matches!(p, Pattern::End), out);
        }
    }

    /// Runs the rules for one line.
    pub fn record(&mut self, file: &str, line: &str, out: Printed<'_>) -> Flow {
        self.number += 1;
        if self.file != file {
            file.clone_into(&mut self.file);
            self.file_number = 0;
        }
        self.file_number += 1;
        if let Err(stop) = self.set_line(line.to_owned()) {
            return self.stop(stop);
        }
        self.rules(&|p| !matches!(p, Pattern::Begin | Pattern::End), out)
    }

    fn stop(&mut self, stop: Stop) -> Flow {
        let Stop::Trouble(why) = stop;
        self.trouble = Some(why);
        self.exited = true;
        self.code = 2;
        Flow::Exit
    }

    fn rules(&mut self, wanted: &dyn Fn(&Pattern) -> bool, out: Printed<'_>) -> Flow {
        let program = self.program.clone();
        for (i, rule) in program.rules.iter().enumerate() {
            if !wanted(&rule.pattern) {
                continue;
            }
            let flow = match self.holds(i, &rule.pattern) {
                Ok(false) => Ok(Flow::On),
                Ok(true) => match &rule.action {
                    Some(statements) => self.block(statements, out),
                    None => {
                        let end = self.get("ORS").text();
                        out(&self.line);
                        out(&end);
                        Ok(Flow::On)
                    }
                },
                Err(stop) => Err(stop),
            };
            match flow {
                Ok(Flow::Exit) => {
                    self.exited = true;
                    return Flow::Exit;
                }
                Ok(Flow::Next) => return Flow::On,
                Ok(Flow::On | Flow::Break | Flow::Continue) => {}
                Err(stop) => return self.stop(stop),
            }
        }
        Flow::On
    }

    fn holds(&mut self, i: usize, pattern: &Pattern) -> Result<bool, Stop> {
        Ok(match pattern {
            Pattern::Begin | Pattern::End | Pattern::Always => true,
            Pattern::When(test) => self.value(test)?.is_true(),
            Pattern::Range(from, to) => {
                let within = self.open[i] || self.value(from)?.is_true();
                self.open[i] = within && !self.value(to)?.is_true();
                within
            }
        })
    }

    fn block(&mut self, statements: &[Statement], out: Printed<'_>) -> Result<Flow, Stop> {
        for statement in statements {
            let flow = self.statement(statement, out)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    /// Counts a step; too many end the program.
    fn step(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return Err(Stop::Trouble("ended: more than 2000000 steps".to_owned()));
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Statement, out: Printed<'_>) -> Result<Flow, Stop> {
        self.step()?;
        match statement {
            Statement::Expression(e) => {
                self.value(e)?;
            }
            Statement::Print(items) => self.print(items, out)?,
            Statement::Printf(items) => {
                let values = self.values(items)?;
                out(&formatted(&values));
            }
            Statement::If(test, yes, no) => {
                if self.value(test)?.is_true() {
                    return self.statement(yes, out);
                } else if let Some(no) = no {
                    return self.statement(no, out);
                }
            }
            Statement::While(test, body) => return self.repeat(Some(test), None, body, out),
            Statement::Do(body, test) => {
                let flow = self.statement(body, out)?;
                return match flow {
                    Flow::On | Flow::Continue => self.repeat(Some(test), None, body, out),
                    Flow::Break => Ok(Flow::On),
                    Flow::Next | Flow::Exit => Ok(flow),
                };
            }
            Statement::For(first, test, after, body) => {
                if let Some(first) = first {
                    self.statement(first, out)?;
                }
                return self.repeat(test.as_ref(), after.as_deref(), body, out);
            }
            Statement::Each(name, array, body) => return self.each(name, array, body, out),
            Statement::Block(statements) => return self.block(statements, out),
            Statement::Delete(array, None) => self.clear(array),
            Statement::Delete(array, Some(keys)) => {
                let key = self.key(keys)?;
                if let Some(elements) = self.arrays.get_mut(array) {
                    self.elements -= usize::from(elements.remove(&key).is_some());
                }
            }
            Statement::Next => return Ok(Flow::Next),
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Exit(code) => {
                if let Some(code) = code {
                    let code = self.value(code)?.number().to_i64();
                    self.code = u8::try_from(code.rem_euclid(256)).unwrap_or(1);
                }
                return Ok(Flow::Exit);
            }
        }
        Ok(Flow::On)
    }

    fn print(&mut self, items: &[Expression], out: Printed<'_>) -> Result<(), Stop> {
        if items.is_empty() {
            out(&self.line);
        } else {
            let separator = self.get("OFS").text();
            let values = self.values(items)?;
            let texts: Vec<String> = values.iter().map(Value::text).collect();
            out(&texts.join(&separator));
        }
        out(&self.get("ORS").text());
        Ok(())
    }

    fn repeat(
        &mut self,
        test: Option<&Expression>,
        after: Option<&Statement>,
        body: &Statement,
        out: Printed<'_>,
    ) -> Result<Flow, Stop> {
        loop {
            self.step()?;
            if let Some(test) = test
                && !self.value(test)?.is_true()
            {
                return Ok(Flow::On);
            }
            match self.statement(body, out)? {
                Flow::On | Flow::Continue => {}
                Flow::Break => return Ok(Flow::On),
                flow @ (Flow::Next | Flow::Exit) => return Ok(flow),
            }
            if let Some(after) = after {
                self.statement(after, out)?;
            }
        }
    }

    fn each(
        &mut self,
        name: &str,
        array: &str,
        body: &Statement,
        out: Printed<'_>,
    ) -> Result<Flow, Stop> {
        let keys: Vec<String> = self.array(array).keys().cloned().collect();
        for key in keys {
            self.assign(name, Value::Input(key));
            match self.statement(body, out)? {
                Flow::On | Flow::Continue => {}
                Flow::Break => break,
                flow @ (Flow::Next | Flow::Exit) => return Ok(flow),
            }
        }
        Ok(Flow::On)
    }

    fn values(&mut self, items: &[Expression]) -> Result<Vec<Value>, Stop> {
        items.iter().map(|item| self.value(item)).collect()
    }

    /// The value of an expression.
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, Stop> {
        self.step()?;
        Ok(match expression {
            Expression::Number(n) => Value::Number(*n),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Regex(regex) => Value::truth(regex.is_match(&self.line)),
            Expression::Place(place) => self.read(place)?,
            Expression::Assign(place, operator, value) => {
                let mut value = self.value(value)?;
                if let Some(operator) = operator {
                    let before = self.read(place)?.number();
                    value = arithmetic(before, *operator, value.number())?;
                }
                self.write(place, value.clone())?;
                value
            }
            Expression::Step { place, up, before } => {
                let old = self.read(place)?.number();
                let by = Decimal::whole(if *up { 1 } else { -1 });
                let new = Value::Number(old.plus(by));
                self.write(place, new.clone())?;
                if *before { new } else { Value::Number(old) }
            }
            Expression::Negate(e) => Value::Number(self.value(e)?.number().negated()),
            Expression::Sign(e) => Value::Number(self.value(e)?.number()),
            Expression::Not(e) => Value::truth(!self.value(e)?.is_true()),
            Expression::Arithmetic(a, operator, b) => {
                let (a, b) = (self.value(a)?.number(), self.value(b)?.number());
                arithmetic(a, *operator, b)?
            }
            Expression::Compare(a, comparison, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                Value::truth(compares(&a, *comparison, &b))
            }
            Expression::Matches {
                text,
                pattern,
                wanted,
            } => {
                let text = self.value(text)?.text();
                Value::truth(self.pattern(pattern)?.is_match(&text) == *wanted)
            }
            Expression::Join(a, b) => {
                let mut text = self.value(a)?.text();
                text.push_str(&self.value(b)?.text());
                bounded(text)?
            }
            Expression::And(a, b) => {
                Value::truth(self.value(a)?.is_true() && self.value(b)?.is_true())
            }
            Expression::Or(a, b) => {
                Value::truth(self.value(a)?.is_true() || self.value(b)?.is_true())
            }
            Expression::Choice(test, yes, no) => {
                let chosen = if self.value(test)?.is_true() { yes } else { no };
                self.value(chosen)?
            }
            Expression::In(keys, array) => {
                let key = self.key(keys)?;
                Value::truth(self.array(array).contains_key(&key))
            }
            Expression::Call(name, args) => self.call(name, args)?,
            Expression::List(items) => {
                let values = self.values(items)?;
                bounded(values.iter().map(Value::text).collect())?
            }
        })
    }

    fn key(&mut self, keys: &[Expression]) -> Result<String, Stop> {
        let between = self.get("SUBSEP").text();
        let texts: Vec<String> = self.values(keys)?.iter().map(Value::text).collect();
        Ok(texts.join(&between))
    }

    /// A variable.
    pub(super) fn get(&self, name: &str) -> Value {
        match name {
            "NR" => Value::count(self.number),
            "FNR" => Value::count(self.file_number),
            "NF" => Value::count(self.fields.len()),
            "FILENAME" => Value::Text(self.file.clone()),
            _ => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_owned(), value);
    }

    pub(super) fn line(&self) -> &str {
        &self.line
    }

    pub(super) fn has_array(&self, name: &str) -> bool {
        self.arrays.contains_key(name)
    }

    pub(super) fn array(&self, name: &str) -> &BTreeMap<String, Value> {
        static EMPTY: BTreeMap<String, Value> = BTreeMap::new();
        self.arrays.get(name).unwrap_or(&EMPTY)
    }

    pub(super) fn clear(&mut self, array: &str) {
        self.elements -= self.arrays.remove(array).map_or(0, |a| a.len());
    }

    /// Puts an element into an array.
    pub(super) fn put(&mut self, array: &str, key: String, value: Value) -> Result<(), Stop> {
        let elements = self.arrays.entry(array.to_owned()).or_default();
        if elements.insert(key, value).is_none() {
            self.elements += 1;
            if self.elements > FIELDS_MAX {
                return Err(Stop::Trouble("ended: more than 100000 elements".to_owned()));
            }
        }
        Ok(())
    }

    pub(super) fn read(&mut self, place: &Place) -> Result<Value, Stop> {
        Ok(match place {
            Place::Variable(name) => self.get(name),
            Place::Element(array, keys) => {
                let key = self.key(keys)?;
                match self.array(array).get(&key) {
                    Some(value) => value.clone(),
                    None => {
                        self.put(array, key, Value::Nothing)?;
                        Value::Nothing
                    }
                }
            }
            Place::Field(index) => match self.index(index)? {
                0 => Value::Input(self.line.clone()),
                i => self
                    .fields
                    .get(i - 1)
                    .cloned()
                    .map_or(Value::Nothing, Value::Input),
            },
        })
    }

    fn index(&mut self, index: &Expression) -> Result<usize, Stop> {
        let i = self.value(index)?.number().to_i64();
        match usize::try_from(i) {
            Ok(i) if i <= FIELDS_MAX => Ok(i),
            _ => Err(Stop::Trouble(format!(
                "trying to access out of range field {i}"
            ))),
        }
    }

    pub(super) fn write(&mut self, place: &Place, value: Value) -> Result<(), Stop> {
        match place {
            Place::Variable(name) if name == "NF" => {
                let n = usize::try_from(value.number().to_i64()).unwrap_or(0);
                self.fields.resize(n.min(FIELDS_MAX), String::new());
                self.rebuild();
            }
            Place::Variable(name) if name == "NR" => {
                self.number = usize::try_from(value.number().to_i64()).unwrap_or(0);
            }
            Place::Variable(name) => self.assign(name, value),
            Place::Element(array, keys) => {
                let key = self.key(keys)?;
                self.put(array, key, value)?;
            }
            Place::Field(index) => match self.index(index)? {
                0 => self.set_line(value.text())?,
                i => {
                    if self.fields.len() < i {
                        self.fields.resize(i, String::new());
                    }
                    self.fields[i - 1] = value.text();
                    self.rebuild();
                }
            },
        }
        Ok(())
    }

    fn set_line(&mut self, line: String) -> Result<(), Stop> {
        let separator = self.get("FS").text();
        self.fields = self.fields_of(&line, &separator)?;
        self.line = line;
        Ok(())
    }

    fn rebuild(&mut self) {
        self.line = self.fields.join(&self.get("OFS").text());
    }
}

fn bounded(text: String) -> Result<Value, Stop> {
    if text.len() > TEXT_MAX {
        return Err(Stop::Trouble("ended: a text of more than 1 MiB".to_owned()));
    }
    Ok(Value::Text(text))
}

fn arithmetic(a: Decimal, operator: Operator, b: Decimal) -> Result<Value, Stop> {
    let nothing = || Stop::Trouble("division by zero attempted".to_owned());
    Ok(Value::Number(match operator {
        Operator::Plus => a.plus(b),
        Operator::Minus => a.minus(b),
        Operator::Times => a.times(b),
        Operator::Over => a.over(b).ok_or_else(nothing)?,
        Operator::Rest => a.rest(b).ok_or_else(nothing)?,
        Operator::Power => a.power(b),
    }))
}

fn compares(a: &Value, comparison: Comparison, b: &Value) -> bool {
    let order = a.order(b);
    match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::More => order.is_gt(),
        Comparison::MoreOrEqual => order.is_ge(),
    }
}
