//! The form of the table in [`schema`](super::schema): a key is said once there, with its doc line, type, default and
//! bounds. The struct, the parser, the phrase "expected …", the name in the environment, the suggestions for a misspelt
//! key, `config show` and the reference all come from that one line.

use super::value::Value;

/// How a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// In full.
    Open,
    /// Never. The key may then also be given as `<key>_file`, the path of a file that holds the value.
    Hidden,
    /// Without the password in it; may be given as a file too.
    Url,
}

/// What a value must be beyond its type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Nothing.
    Any,
    /// Between two values of the type, both included.
    Between { least: &'static str, most: &'static str },
    /// Of a certain form.
    Form(&'static Form),
}

/// A form that a text must have.
#[derive(Debug)]
pub(crate) struct Form {
    /// As in "expected a topic name".
    pub(super) expected: &'static str,
    /// Whether the text has it.
    pub(super) holds: fn(&str) -> bool,
}

/// One key of the configuration.
#[derive(Debug)]
pub(crate) struct Key {
    /// The TOML table it stands in; empty at the top of the file.
    pub(super) section: &'static str,
    /// Its name within the section.
    pub(super) field: &'static str,
    /// One sentence for the reference.
    pub(super) about: &'static str,
    /// As text.
    pub(super) default: &'static str,
    pub(super) secrecy: Secrecy,
    /// Written in TOML without quotes.
    pub(super) bare: bool,
    pub(super) noun: &'static str,
    pub(super) rule: Rule,
}

impl Key {
    /// `section.field`, which is how messages and flags name it.
    pub(super) fn name(&self) -> String {
        join(self.section, self.field)
    }

    /// The phrase after "expected".
    pub(super) fn expected(&self) -> String {
        match self.rule {
            Rule::Any => self.noun.to_owned(),
            Rule::Between { least, most } => format!("{} from {least} to {most}", self.noun),
            Rule::Form(form) => form.expected.to_owned(),
        }
    }

    /// The value, if the text is one that this key takes.
    pub(super) fn parse<T: Value>(&self, text: &str) -> Option<T> {
        let value = T::read(text)?;
        let fits = match self.rule {
            Rule::Any => true,
            Rule::Between { least, most } => {
                let above = T::read(least).is_some_and(|least| least <= value);
                above && T::read(most).is_some_and(|most| value <= most)
            }
            Rule::Form(form) => (form.holds)(text),
        };
        fits.then_some(value)
    }
}

/// `path.field`, or the field alone at the top of the file.
pub(super) fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// One section: `field: Type = "default" [in "least".."most"] [as FORM] [, Secrecy];`, and after `+` the fields that are
/// filled by other means than the table.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $section:literal $Section:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:literal $(in $least:literal .. $most:literal)? $(as $form:path)? $(, $secrecy:ident)?;
            )+
            $(+ $(#[doc = $extra_doc:literal])+ $extra:ident: $Extra:ty;)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $Section {
            $($(#[doc = $doc])+ pub(crate) $field: $type,)+
            $($(#[doc = $extra_doc])+ pub(crate) $extra: $Extra,)*
        }

        impl $Section {
            pub(super) const KEYS: &'static [Key] = &[$(Key {
                section: $section,
                field: stringify!($field),
                about: concat!($($doc),+),
                default: $default,
                secrecy: section!(@secrecy $($secrecy)?),
                bare: <$type as Value>::BARE,
                noun: <$type as Value>::NOUN,
                rule: section!(@rule $($least $most)? $($form)?),
            }),+];

            #[allow(dead_code, reason = "the topics of attempts are read by a function of their own")]
            /// Reads the section's keys; `path` is its place, which differs from its name for an entry of a list.
            pub(super) fn read(values: &mut Values, path: &str) -> Self {
                Self {
                    $($field: values.read(Self::KEYS, path, stringify!($field)),)+
                    $($extra: Default::default(),)*
                }
            }
        }
    };
    (@secrecy) => { Secrecy::Open };
    (@secrecy $secrecy:ident) => { Secrecy::$secrecy };
    (@rule) => { Rule::Any };
    (@rule $least:literal $most:literal) => { Rule::Between { least: $least, most: $most } };
    (@rule $form:path) => { Rule::Form(&$form) };
}
pub(super) use section;
