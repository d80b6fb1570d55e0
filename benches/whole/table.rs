//! Tables that read in a terminal and in Markdown.

/// Prints a title, a table and what has to be known to read it.
pub(crate) fn print(title: &str, columns: &[&str], rows: &[Vec<String>], notes: &[&str]) {
    println!("\n## {title}\n");
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([columns[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(at, (cell, &width))| {
            if at == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        println!("| {} |", cells.collect::<Vec<_>>().join(" | "));
    };
    line(&columns.iter().map(|&column| column.to_owned()).collect::<Vec<_>>());
    let rule = widths
        .iter()
        .enumerate()
        .map(|(at, &width)| if at == 0 { "-".repeat(width) } else { format!("{}:", "-".repeat(width - 1)) });
    line(&rule.collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
    if !notes.is_empty() {
        println!();
    }
    notes.iter().for_each(|note| println!("* {note}"));
}
