//! `awk`: the language as people use it on tables: patterns, fields, variables, arrays, conditions, loops, `printf`.
//!
//! Reading order: [`program`] (what a program is made of), [`parse`] (text to program), [`value`] (numbers and texts),
//! [`run`] (statements), [`expression`], [`function`] (the functions built in). Functions of one's own, `getline` and
//! output to files are left out.

mod expression;
mod function;
mod parse;
mod program;
mod run;
mod value;

use super::filter::Lines;
use super::options::Options;
use super::{Refused, filter};
use crate::console::task::{Io, Task};
use run::{Flow, Machine};

/// A program being run over lines.
#[derive(Clone)]
struct Awk {
    machine: Machine,
    begun: bool,
}

/// Starts `awk`.
pub fn start(args: &[String]) -> Result<Box<dyn Task>, Refused> {
    let mut options = Options::parse("awk", args, "", "Fv", &[])?;
    if options.operands.is_empty() {
        return Err((
            "usage: awk [-F fs] [-v var=value] 'program' [file ...]".to_owned(),
            2,
        ));
    }
    let text = options.operands.remove(0);
    let program = parse::program(&text).map_err(|why| (format!("awk: {why}"), 2))?;
    let only_begin = program.only_begin();
    let mut machine = Machine::new(program);
    if let Some(separator) = options.value('F') {
        machine.set("FS", &parse::unescaped(separator));
    }
    for assigned in options.values('v') {
        let Some((name, value)) = assigned.split_once('=') else {
            return Err((format!("awk: -v {assigned}: write name=value"), 2));
        };
        machine.set(name, &parse::unescaped(value));
    }
    let awk = Awk {
        machine,
        begun: false,
    };
    if only_begin {
        return Ok(Box::new(Alone(awk)));
    }
    Ok(filter("awk", awk, options.operands))
}

/// A program of `BEGIN` rules only: it reads nothing.
#[derive(Clone)]
struct Alone(Awk);

impl Task for Alone {
    fn poll(&mut self, io: &mut Io<'_>) -> crate::console::task::Step {
        crate::console::task::Step::Exit(self.0.end(io))
    }
}

impl Awk {
    /// The `BEGIN` rules, once. False: the program ended there.
    fn begin(&mut self, io: &mut Io<'_>) -> bool {
        if self.begun {
            return !self.machine.ended();
        }
        self.begun = true;
        self.machine.begin(&mut |text| io.out(text));
        self.tell(io);
        !self.machine.ended()
    }

    fn tell(&mut self, io: &mut Io<'_>) {
        if let Some(why) = self.machine.trouble.take() {
            io.err_line(format!("awk: {why}"));
        }
    }
}

impl Lines for Awk {
    fn line(&mut self, io: &mut Io<'_>, file: &str, line: &str, _: bool) -> bool {
        if !self.begin(io) {
            return false;
        }
        let flow = self.machine.record(file, line, &mut |text| io.out(text));
        self.tell(io);
        flow != Flow::Exit
    }

    fn end(&mut self, io: &mut Io<'_>) -> u8 {
        self.begin(io);
        self.machine.finish(&mut |text| io.out(text));
        self.tell(io);
        self.machine.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program makes of a text.
    fn run(program: &str, text: &str) -> String {
        let mut machine = Machine::new(parse::program(program).unwrap());
        let mut out = String::new();
        machine.begin(&mut |t| out.push_str(t));
        for line in text.lines() {
            if machine.ended() || machine.record("", line, &mut |t| out.push_str(t)) == Flow::Exit {
                break;
            }
        }
        machine.finish(&mut |t| out.push_str(t));
        out
    }

    const TABLE: &str = "NAME READY AGE\nweb-1 1/1 5\nweb-2 0/1 7\ndb-0 1/1 30\n";

    #[test]
    fn programs_that_people_write() {
        let rows = [
            ("{print $1}", "NAME\nweb-1\nweb-2\ndb-0\n"),
            ("NR>1{s+=$3} END{print s}", "42\n"),
            ("NR>1 && $2!=\"1/1\" {print $1, $NF}", "web-2 7\n"),
            ("/web/{n++} END{print n+0, m+0}", "2 0\n"),
            (
                "$1 ~ /^db/ {printf \"%-6s|%3d|%.1f\\n\", $1, $3, $3/4}",
                "db-0  | 30|7.5\n",
            ),
            ("NR==2,NR==3 {print NR\":\"$1}", "2:web-1\n3:web-2\n"),
            (
                "BEGIN{FS=\"-\"; OFS=\"+\"} NR>1{$2=\"x\"; print; exit}",
                "web+x\n",
            ),
            (
                "NR>1{split($1,p,\"-\"); c[p[1]]++} END{for(k in c) print k, c[k]}",
                "db 1\nweb 2\n",
            ),
            ("!seen[substr($1,1,3)]++ {print $1}", "NAME\nweb-1\ndb-0\n"),
            (
                "NR>1{if($3>6){b=b $1 \" \"}else{a++}} END{print a; print b}",
                "1\nweb-2 db-0 \n",
            ),
            ("NR>1{m=($3>m)?$3:m} END{print \"max\", m}", "max 30\n"),
            (
                "{gsub(/[0-9]/,\"#\",$1); sub(\"web\",\"W\"); print toupper($1) length($1)}",
                "NAME4\nW-#3\nW-#3\nDB-#4\n",
            ),
            ("END{print NR, NF, $1}", "4 3 db-0\n"),
            (
                "BEGIN{for(i=1;i<=3;i++)printf \"%s \", i*i; while(j<2)j++; print j}",
                "1 4 9 2\n",
            ),
            (
                "NR==2{print index($1,\"-\"), match($2,/\\/1/), RSTART, RLENGTH}",
                "4 2 2 2\n",
            ),
            ("NR==1{next} {t=$3 \"\"; print (t==5)}", "1\n0\n0\n"),
            ("NR>1{print -$3 + 2 ^ 3 % 5}", "-2\n-4\n-27\n"),
            (
                "NR==2{print 10/3, 1e3, 0.1+0.2, int(7.9), 7%3}",
                "3.33333 1000 0.3 7 1\n",
            ),
            ("NR==2{print ($1 in a), length()}", "0 11\n"),
            (
                "BEGIN { x[\"a\"]=1; delete x[\"a\"]; if (!(\"a\" in x)) print \"gone\" }",
                "gone\n",
            ),
        ];
        for (program, want) in rows {
            assert_eq!(run(program, TABLE), want, "{program}");
        }
    }

    #[test]
    fn what_is_left_out_is_said_and_nothing_runs_for_ever() {
        for (program, why) in [
            ("{print > \"file\"}", "files"),
            ("function f(x){return x}", "functions"),
            ("{getline}", "getline"),
            ("{print $1", "syntax error"),
            ("{print )}", "syntax error"),
            ("/[/", ""),
        ] {
            let text = parse::program(program).err().unwrap();
            assert!(text.contains(why), "{program}: {text}");
        }
        let deep = "(".repeat(100_000);
        assert!(parse::program(&format!("{{print {deep}}}")).is_err());
        assert!(parse::program(&format!("{{print {}1}}", "-".repeat(100_000))).is_err());
        let mut machine = Machine::new(parse::program("BEGIN{while(1)i++}").unwrap());
        machine.begin(&mut |_| {});
        assert!(machine.trouble.take().unwrap().contains("steps"));
        let mut machine = Machine::new(parse::program("BEGIN{s=\"x\";while(1)s=s s}").unwrap());
        machine.begin(&mut |_| {});
        assert!(machine.trouble.take().is_some());
    }
}
