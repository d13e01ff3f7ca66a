//! The shell around kubectl: loops, conditions, arithmetic, small programs; and that nothing runs for ever.

use daemonset_playground::cluster::{Cluster, Setup, SimSpan};
use daemonset_playground::console::{Job, Session};

fn session() -> Session {
    let mut session = Session::default();
    session.files.write("t.txt", "b 2\na 1\nc 10\n");
    let script = "for n in 1 2; do echo $n; done\nexit 3\necho never\n";
    session.files.write("s.sh", script);
    session.files.write("self.sh", "bash self.sh\n");
    session
}

fn run(line: &str) -> (u8, String) {
    let mut cluster = Cluster::new(Setup {
        nodes: vec![Cluster::node("worker01")],
        ..Setup::default()
    });
    let mut session = session();
    let mut job = Job::start_complete(line, cluster.now());
    let until = cluster.now() + SimSpan::from_secs(600);
    let code = job.run(&mut session, &mut cluster, until, 1_000_000);
    let text = job.outputs().iter().map(|o| o.text.as_str()).collect();
    (code.unwrap_or(124), text)
}

#[test]
fn lines_as_people_type_them() {
    let rows = [
        ("if true; then echo yes; else echo no; fi", "yes\n"),
        (
            "if false; then echo a; elif [ 1 -lt 2 ]; then echo b; fi; echo $?",
            "b\n0\n",
        ),
        ("if false; then echo a; fi; echo $?", "0\n"),
        (
            "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done",
            "0\n1\n2\n",
        ),
        ("for ((i=0; i<3; i++)); do echo -n $i; done; echo", "012\n"),
        ("until false; do echo once; break; done", "once\n"),
        (
            "for a in 1 2 3; do [ $a = 2 ] && continue; echo $a; done",
            "1\n3\n",
        ),
        (
            "for a in 1 2; do for b in x y; do echo $a$b; continue 2; done; done",
            "1x\n2x\n",
        ),
        (
            "cat t.txt | while read -r n v; do echo $v-$n; done",
            "2-b\n1-a\n10-c\n",
        ),
        (
            "while read a; do echo \"<$a>\"; done < t.txt | tail -1",
            "<c 10>\n",
        ),
        (
            "printf 'a,b\\n' | while IFS=, read x y; do echo $y$x; done",
            "ba\n",
        ),
        ("{ read a; read b; echo $b $a; } < t.txt", "a 1 b 2\n"),
        (
            "case worker01 in master*) echo m;; w*|x) echo w;; *) echo o;; esac",
            "w\n",
        ),
        ("(exit 4); echo $?; x=$(false); echo $?", "4\n1\n"),
        ("((2 > 1)) && echo $((7 % 4)) $((1 ? 5 : 6))", "3 5\n"),
        (
            "x=pod/a; echo ${x#*/} ${x%/*} ${#x} ${y:-none}",
            "a pod 5 none\n",
        ),
        (
            "bash s.sh; echo code $?; sh -c 'echo in; exit 2'; echo $?",
            "1\n2\ncode 3\nin\n2\n",
        ),
        (
            "for f in a b; do echo $f; done > o.txt; cat o.txt | paste -sd,",
            "a,b\n",
        ),
        (
            "sort -k2 -n t.txt | head -c 5; echo; seq -s+ 3; seq 4 -2 0 | tr '\\n' ' '",
            "a 1\nb\n1+2+3\n4 2 0 ",
        ),
        (
            "awk '{s+=$2} END{printf \"%d %.2f\\n\", s, s/NR}' t.txt",
            "13 4.33\n",
        ),
    ];
    check(&rows);
}

#[test]
fn programs_and_what_is_refused() {
    let rows = [
        (
            "cat t.txt | column -t | nl",
            "     1\tb  2\n     2\ta  1\n     3\tc  10\n",
        ),
        (
            "[[ worker01 == work* ]] && echo fits; test -f none || echo gone",
            "fits\ngone\n",
        ),
        (
            "echo a | tee -a x.txt y.txt >/dev/null; cat x.txt y.txt",
            "a\na\n",
        ),
        (
            "kubectl get nodes -o name | while read n; do kubectl get $n --no-headers | awk '{print $1}'; done",
            "worker01\n",
        ),
        ("exit 7; echo never", ""),
        (
            "echo $((1/0))",
            "-bash: 1/0: division by 0 (error token is \"0\")\n",
        ),
        (
            "jq .",
            "-bash: jq: command not found (here kubectl get -o jsonpath='{…}' picks fields)\n",
        ),
        (
            "f() { echo x; }",
            "-bash: functions are not supported here: put the commands into a file and run it with bash FILE\n",
        ),
        (
            "if true; echo x; fi",
            "-bash: syntax error near unexpected token `fi'\n",
        ),
        ("done", "-bash: syntax error near unexpected token `done'\n"),
    ];
    check(&rows);
}

fn check(rows: &[(&str, &str)]) {
    for (line, want) in rows {
        assert_eq!(run(line).1, *want, "{line}");
    }
}

#[test]
fn nothing_runs_for_ever() {
    let rows = [
        ("while true; do :; done", "a loop ended after 1000 rounds"),
        (
            "while true; do while true; do true; done; done",
            "10000 commands",
        ),
        ("for i in $(seq 60); do x=\"x$x$x\"; done", "value too long"),
        ("for i in $(seq 20000); do :; done", "10000 commands"),
        ("bash self.sh", "nested too deep"),
        (
            "x=$(seq 100000); echo $x $x $x $x $x $x $x $x $x",
            "Argument list too long",
        ),
        (
            "for i in $(seq 40); do cat t.txt t.txt t.txt > u.txt; cat u.txt u.txt u.txt > t.txt; done; wc -c t.txt | head -c 3",
            "",
        ),
        (
            "for i in 1 2 3 4 5 6 7 8 9; do seq 100000; done",
            "4 MiB of output",
        ),
        ("awk 'BEGIN{while(1)x++}'", "steps"),
    ];
    for (line, sentence) in rows {
        let (code, text) = run(line);
        let end: String = text
            .chars()
            .rev()
            .take(200)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        assert!(text.contains(sentence), "{line}: {code} {end}");
        assert_ne!(code, 124, "{line}");
    }
}

#[test]
fn a_machine_is_reached_by_ssh() {
    let rows = [
        ("ssh worker01 systemctl is-active kubelet", "active\n"),
        (
            "ssh root@worker01 'sudo systemctl stop kubelet'; ssh worker01 systemctl is-active kubelet; echo $?",
            "inactive\n3\n",
        ),
        (
            "ssh worker01 systemctl stop kubelet; ssh worker01 sudo reboot; ssh worker01 systemctl is-active kubelet",
            "active\n",
        ),
        (
            "ssh worker09 reboot; echo $?",
            "ssh: Could not resolve hostname worker09: Name or service not known\n255\n",
        ),
    ];
    for (line, wanted) in rows {
        assert_eq!(run(line).1, wanted, "{line}");
    }
}
