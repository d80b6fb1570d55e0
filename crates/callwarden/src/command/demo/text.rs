//! Lines of coloured text that know how wide they are, so that none is ever wrapped by the terminal.

use console::Style;

/// How a piece of a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Dim,
    Bold,
    Good,
    Notice,
    Warning,
    Alarm,
}

impl Look {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Dim => Style::new().dim(),
            Self::Bold => Style::new().bold(),
            Self::Good => Style::new().green(),
            Self::Notice => Style::new().cyan(),
            Self::Warning => Style::new().yellow(),
            Self::Alarm => Style::new().red().bold(),
        }
    }
}

/// Pieces of text side by side. Every character is taken to be one column wide: there are no others in the demo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(Vec<(Look, String)>);

impl Line {
    pub(super) fn new(look: Look, text: impl Into<String>) -> Self {
        Self::default().and(look, text)
    }

    pub(super) fn and(mut self, look: Look, text: impl Into<String>) -> Self {
        self.0.push((look, text.into()));
        self
    }

    /// For a terminal: coloured, and cut to its width.
    pub(super) fn styled(&self, width: usize) -> String {
        let mut left = width;
        let mut out = String::new();
        for (look, text) in &self.0 {
            let cut: String = text.chars().take(left).collect();
            left -= cut.chars().count();
            out.push_str(&look.style().apply_to(cut).to_string());
        }
        out
    }

    /// Without colours, and whole.
    #[cfg(test)]
    pub(super) fn plain(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }
}
