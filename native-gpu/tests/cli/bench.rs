//! `hearth bench` at its least size.

use serde_json::Value;

use crate::hearth::{json, run};

/// Figures that must fit together, whatever the machine.
fn consistent(report: &Value) {
    let number = |name: &str| report[name].as_f64().unwrap_or_else(|| panic!("{name}: {report}"));
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-6 * b, "{a} is not {b}: {report}");
    close(number("cells_per_step"), number("committed_cells") / number("steps"));
    close(number("cells_per_cpu_second"), number("committed_cells") / number("cpu_seconds"));
    assert!(number("padding_share") > 0.0 && number("padding_share") < 1.0, "{report}");
    assert!(number("fixed_cells") < number("committed_cells") && number("fixed_cpu_seconds") > 0.0, "{report}");
    assert!(number("bytes_per_cell") > 4.0 && number("fractions_per_step") > 1.0, "{report}");
    let tables = report["tables"].as_array().expect("a list");
    let sum = |name: &str| tables.iter().map(|table| table[name].as_f64().expect("a number")).sum::<f64>();
    // What the cutter predicts is what the tables have.
    assert_eq!(sum("cells"), number("committed_cells"), "{report}");
    close(1.0 - sum("row_cells") / sum("cells"), number("padding_share"));
}

#[test]
fn figures_fit_together() {
    let report = json(&["bench", "--short", "--log-cells", "20", "--guest", "fibonacci", "--json"]);
    assert_eq!((&report["guest"], &report["backend"]), (&"fibonacci".into(), &"stark".into()));
    consistent(&report);
}

#[test]
fn several_guests_side_by_side() {
    let output =
        run(&["bench", "--short", "--log-cells", "20", "--guest", "memory", "--guest", "sort"]).expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let caption: Vec<&str> = text.lines().next().expect("a line").split_whitespace().collect();
    assert_eq!(caption, ["memory", "sort"]);
    for figure in ["k steps per CPU s", "bytes per cell", "padding share", "fixed cost", "add_sub"] {
        assert!(text.contains(figure), "{figure}: {text}");
    }
}
