use super::*;

#[test]
fn callers_are_e164() {
    for text in ["+1202555", "+12025550123", "+999999999999999", "+4915112345678"] {
        let caller = Caller::parse(text).expect(text);
        assert_eq!(caller.clear().to_string(), text);
        assert_eq!(Caller::from_digits(caller.digits()), Some(caller));
        assert!(caller.digits() < 1 << Caller::BITS);
    }
    for text in [
        "",
        "+",
        "12025550123",
        "+120255",
        "+1202555012345678",
        "+02025550123",
        "+1202555O123",
        "++12025550123",
        "+1202 5550123",
        "+١٢٣٤٥٦٧",
        " +12025550123",
        "+12025550123 ",
        "+-2025550123",
    ] {
        assert_eq!(Caller::parse(text), None, "{text:?}");
    }
    for digits in [0, 999_999, 1_000_000_000_000_000, u64::MAX] {
        assert_eq!(Caller::from_digits(digits), None, "{digits}");
    }
}

#[test]
fn callers_print_masked() {
    let caller = Caller::parse("+12025550123").expect("a number");
    assert_eq!(caller.to_string(), "+1******0123");
    assert_eq!(format!("{caller:?}"), "+1******0123");
    assert_eq!(Caller::parse("+1202555").expect("a number").to_string(), "+1**2555");
}
