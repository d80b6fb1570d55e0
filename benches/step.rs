//! What one attempt costs in each stage, in one thread: decode, step, pack. `cargo bench -p callwarden --bench step`
#![allow(clippy::unwrap_used, missing_docs)]

use callwarden_core::{Core, Input, LogTime, Outbox, Policy, Stamp};
use callwarden_sim::{World, WorldConfig};
use callwarden_wire::{Decoder, Dialect, pack_number, to_json, unpack_number};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use prost::Message as _;

const ATTEMPTS: usize = 200_000;
const STAMP: Stamp = Stamp { logged_at: LogTime::UNKNOWN };

/// Messages of a fleet that dials for days, so that windows, baselines and evidence are all at work.
fn messages() -> Vec<callwarden_wire::v1::CallAttempt> {
    let config =
        WorldConfig { numbers: 200, attempts_per_number: 1_000, compact: true, ..WorldConfig::default() };
    World::new(config).unwrap().take(ATTEMPTS).map(|attempt| attempt.to_proto()).collect()
}

fn decode(criterion: &mut Criterion) {
    let messages = messages();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(ATTEMPTS as u64)).sample_size(10);
    let protobuf: Vec<Vec<u8>> = messages.iter().map(|message| message.encode_to_vec()).collect();
    let json: Vec<Vec<u8>> = messages.iter().map(|message| to_json(message).into_bytes()).collect();
    for (name, payloads) in [("protobuf", protobuf), ("json", json)] {
        group.bench_function(name, |bencher| {
            let mut decoder = Decoder::new(Dialect::Callwarden);
            bencher.iter(|| payloads.iter().filter(|payload| decoder.decode(payload).is_ok()).count());
        });
    }
    group.finish();
}

fn step(criterion: &mut Criterion) {
    let mut decoder = Decoder::new(Dialect::Callwarden);
    let inputs: Vec<Input> =
        messages().iter().map(|message| decoder.attempt_to_input(message).unwrap()).collect();
    let mut group = criterion.benchmark_group("core");
    group.throughput(Throughput::Elements(ATTEMPTS as u64)).sample_size(10);
    group.bench_function("step", |bencher| {
        bencher.iter_batched(
            || (Core::new(Policy::default()).unwrap(), Outbox::default()),
            |(mut core, mut outbox)| {
                for input in &inputs {
                    core.step(STAMP, input, &mut outbox);
                }
                core.header().digest
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();

    let (mut core, mut outbox) = (Core::new(Policy::default()).unwrap(), Outbox::default());
    inputs.iter().for_each(|input| core.step(STAMP, input, &mut outbox));
    let mut group = criterion.benchmark_group("number");
    group.throughput(Throughput::Elements(core.len() as u64)).sample_size(10);
    let mut packed = Vec::new();
    group.bench_function("pack", |bencher| {
        bencher.iter(|| {
            for (_, _, number) in core.numbers() {
                packed.clear();
                pack_number(number, &mut packed);
            }
            packed.len()
        });
    });
    let all: Vec<Vec<u8>> = core
        .numbers()
        .map(|(_, _, number)| {
            let mut packed = Vec::new();
            pack_number(number, &mut packed);
            packed
        })
        .collect();
    group.bench_function("unpack", |bencher| {
        bencher.iter(|| all.iter().filter(|packed| unpack_number(packed).is_ok()).count());
    });
    group.finish();
}

criterion_group!(stages, decode, step);
criterion_main!(stages);
