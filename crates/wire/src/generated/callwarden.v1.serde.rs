impl serde::Serialize for AnswerRateEvidence {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.statistic != 0. {
            len += 1;
        }
        if self.threshold != 0. {
            len += 1;
        }
        if self.since.is_some() {
            len += 1;
        }
        if self.attempts != 0 {
            len += 1;
        }
        if self.answers != 0 {
            len += 1;
        }
        if self.expected_rate != 0. {
            len += 1;
        }
        if self.baseline_attempts != 0 {
            len += 1;
        }
        if self.baseline_answers != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.AnswerRateEvidence", len)?;
        if self.statistic != 0. {
            struct_ser.serialize_field("statistic", &self.statistic)?;
        }
        if self.threshold != 0. {
            struct_ser.serialize_field("threshold", &self.threshold)?;
        }
        if let Some(v) = self.since.as_ref() {
            struct_ser.serialize_field("since", v)?;
        }
        if self.attempts != 0 {
            struct_ser.serialize_field("attempts", &self.attempts)?;
        }
        if self.answers != 0 {
            struct_ser.serialize_field("answers", &self.answers)?;
        }
        if self.expected_rate != 0. {
            struct_ser.serialize_field("expected_rate", &self.expected_rate)?;
        }
        if self.baseline_attempts != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("baseline_attempts", ToString::to_string(&self.baseline_attempts).as_str())?;
        }
        if self.baseline_answers != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("baseline_answers", ToString::to_string(&self.baseline_answers).as_str())?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for AnswerRateEvidence {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "statistic",
            "threshold",
            "since",
            "attempts",
            "answers",
            "expected_rate",
            "expectedRate",
            "baseline_attempts",
            "baselineAttempts",
            "baseline_answers",
            "baselineAnswers",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Statistic,
            Threshold,
            Since,
            Attempts,
            Answers,
            ExpectedRate,
            BaselineAttempts,
            BaselineAnswers,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "statistic" => Ok(GeneratedField::Statistic),
                            "threshold" => Ok(GeneratedField::Threshold),
                            "since" => Ok(GeneratedField::Since),
                            "attempts" => Ok(GeneratedField::Attempts),
                            "answers" => Ok(GeneratedField::Answers),
                            "expectedRate" | "expected_rate" => Ok(GeneratedField::ExpectedRate),
                            "baselineAttempts" | "baseline_attempts" => Ok(GeneratedField::BaselineAttempts),
                            "baselineAnswers" | "baseline_answers" => Ok(GeneratedField::BaselineAnswers),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = AnswerRateEvidence;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.AnswerRateEvidence")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<AnswerRateEvidence, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut statistic__ = None;
                let mut threshold__ = None;
                let mut since__ = None;
                let mut attempts__ = None;
                let mut answers__ = None;
                let mut expected_rate__ = None;
                let mut baseline_attempts__ = None;
                let mut baseline_answers__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Statistic => {
                            if statistic__.is_some() {
                                return Err(serde::de::Error::duplicate_field("statistic"));
                            }
                            statistic__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Threshold => {
                            if threshold__.is_some() {
                                return Err(serde::de::Error::duplicate_field("threshold"));
                            }
                            threshold__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Since => {
                            if since__.is_some() {
                                return Err(serde::de::Error::duplicate_field("since"));
                            }
                            since__ = map_.next_value()?;
                        }
                        GeneratedField::Attempts => {
                            if attempts__.is_some() {
                                return Err(serde::de::Error::duplicate_field("attempts"));
                            }
                            attempts__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Answers => {
                            if answers__.is_some() {
                                return Err(serde::de::Error::duplicate_field("answers"));
                            }
                            answers__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::ExpectedRate => {
                            if expected_rate__.is_some() {
                                return Err(serde::de::Error::duplicate_field("expectedRate"));
                            }
                            expected_rate__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::BaselineAttempts => {
                            if baseline_attempts__.is_some() {
                                return Err(serde::de::Error::duplicate_field("baselineAttempts"));
                            }
                            baseline_attempts__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::BaselineAnswers => {
                            if baseline_answers__.is_some() {
                                return Err(serde::de::Error::duplicate_field("baselineAnswers"));
                            }
                            baseline_answers__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(AnswerRateEvidence {
                    statistic: statistic__.unwrap_or_default(),
                    threshold: threshold__.unwrap_or_default(),
                    since: since__,
                    attempts: attempts__.unwrap_or_default(),
                    answers: answers__.unwrap_or_default(),
                    expected_rate: expected_rate__.unwrap_or_default(),
                    baseline_attempts: baseline_attempts__.unwrap_or_default(),
                    baseline_answers: baseline_answers__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.AnswerRateEvidence", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for AnsweredBy {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "ANSWERED_BY_UNSPECIFIED",
            Self::Human => "ANSWERED_BY_HUMAN",
            Self::Machine => "ANSWERED_BY_MACHINE",
            Self::Screening => "ANSWERED_BY_SCREENING",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for AnsweredBy {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "ANSWERED_BY_UNSPECIFIED",
            "ANSWERED_BY_HUMAN",
            "ANSWERED_BY_MACHINE",
            "ANSWERED_BY_SCREENING",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = AnsweredBy;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(AnsweredBy::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(AnsweredBy::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "ANSWERED_BY_UNSPECIFIED" => Ok(AnsweredBy::Unspecified),
                    "ANSWERED_BY_HUMAN" => Ok(AnsweredBy::Human),
                    "ANSWERED_BY_MACHINE" => Ok(AnsweredBy::Machine),
                    "ANSWERED_BY_SCREENING" => Ok(AnsweredBy::Screening),
                    _ => Ok(AnsweredBy::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Attestation {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "ATTESTATION_UNSPECIFIED",
            Self::A => "ATTESTATION_A",
            Self::B => "ATTESTATION_B",
            Self::C => "ATTESTATION_C",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Attestation {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "ATTESTATION_UNSPECIFIED",
            "ATTESTATION_A",
            "ATTESTATION_B",
            "ATTESTATION_C",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Attestation;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Attestation::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Attestation::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "ATTESTATION_UNSPECIFIED" => Ok(Attestation::Unspecified),
                    "ATTESTATION_A" => Ok(Attestation::A),
                    "ATTESTATION_B" => Ok(Attestation::B),
                    "ATTESTATION_C" => Ok(Attestation::C),
                    _ => Ok(Attestation::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for CallAttempt {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.attempt_id.is_empty() {
            len += 1;
        }
        if !self.fleet.is_empty() {
            len += 1;
        }
        if !self.source.is_empty() {
            len += 1;
        }
        if self.direction != 0 {
            len += 1;
        }
        if !self.caller_number.is_empty() {
            len += 1;
        }
        if !self.callee_token.is_empty() {
            len += 1;
        }
        if !self.callee_region.is_empty() {
            len += 1;
        }
        if self.callee_utc_offset_minutes.is_some() {
            len += 1;
        }
        if !self.callee_network.is_empty() {
            len += 1;
        }
        if !self.campaign_id.is_empty() {
            len += 1;
        }
        if !self.list_id.is_empty() {
            len += 1;
        }
        if !self.script_id.is_empty() {
            len += 1;
        }
        if !self.carrier_id.is_empty() {
            len += 1;
        }
        if self.started_at.is_some() {
            len += 1;
        }
        if self.ringing_at.is_some() {
            len += 1;
        }
        if self.answered_at.is_some() {
            len += 1;
        }
        if self.ended_at.is_some() {
            len += 1;
        }
        if self.disposition != 0 {
            len += 1;
        }
        if self.answered_by != 0 {
            len += 1;
        }
        if self.sip_status != 0 {
            len += 1;
        }
        if !self.sip_reason.is_empty() {
            len += 1;
        }
        if !self.reason_header.is_empty() {
            len += 1;
        }
        if self.q850_cause != 0 {
            len += 1;
        }
        if self.hangup_by != 0 {
            len += 1;
        }
        if self.attestation != 0 {
            len += 1;
        }
        if self.r#final.is_some() {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.CallAttempt", len)?;
        if !self.attempt_id.is_empty() {
            struct_ser.serialize_field("attempt_id", &self.attempt_id)?;
        }
        if !self.fleet.is_empty() {
            struct_ser.serialize_field("fleet", &self.fleet)?;
        }
        if !self.source.is_empty() {
            struct_ser.serialize_field("source", &self.source)?;
        }
        if self.direction != 0 {
            let v = Direction::try_from(self.direction)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("direction", &v)?,
                Err(_) => struct_ser.serialize_field("direction", &self.direction)?,
            }
        }
        if !self.caller_number.is_empty() {
            struct_ser.serialize_field("caller_number", &self.caller_number)?;
        }
        if !self.callee_token.is_empty() {
            struct_ser.serialize_field("callee_token", &self.callee_token)?;
        }
        if !self.callee_region.is_empty() {
            struct_ser.serialize_field("callee_region", &self.callee_region)?;
        }
        if let Some(v) = self.callee_utc_offset_minutes.as_ref() {
            struct_ser.serialize_field("callee_utc_offset_minutes", v)?;
        }
        if !self.callee_network.is_empty() {
            struct_ser.serialize_field("callee_network", &self.callee_network)?;
        }
        if !self.campaign_id.is_empty() {
            struct_ser.serialize_field("campaign_id", &self.campaign_id)?;
        }
        if !self.list_id.is_empty() {
            struct_ser.serialize_field("list_id", &self.list_id)?;
        }
        if !self.script_id.is_empty() {
            struct_ser.serialize_field("script_id", &self.script_id)?;
        }
        if !self.carrier_id.is_empty() {
            struct_ser.serialize_field("carrier_id", &self.carrier_id)?;
        }
        if let Some(v) = self.started_at.as_ref() {
            struct_ser.serialize_field("started_at", v)?;
        }
        if let Some(v) = self.ringing_at.as_ref() {
            struct_ser.serialize_field("ringing_at", v)?;
        }
        if let Some(v) = self.answered_at.as_ref() {
            struct_ser.serialize_field("answered_at", v)?;
        }
        if let Some(v) = self.ended_at.as_ref() {
            struct_ser.serialize_field("ended_at", v)?;
        }
        if self.disposition != 0 {
            let v = Disposition::try_from(self.disposition)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("disposition", &v)?,
                Err(_) => struct_ser.serialize_field("disposition", &self.disposition)?,
            }
        }
        if self.answered_by != 0 {
            let v = AnsweredBy::try_from(self.answered_by)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("answered_by", &v)?,
                Err(_) => struct_ser.serialize_field("answered_by", &self.answered_by)?,
            }
        }
        if self.sip_status != 0 {
            struct_ser.serialize_field("sip_status", &self.sip_status)?;
        }
        if !self.sip_reason.is_empty() {
            struct_ser.serialize_field("sip_reason", &self.sip_reason)?;
        }
        if !self.reason_header.is_empty() {
            struct_ser.serialize_field("reason_header", &self.reason_header)?;
        }
        if self.q850_cause != 0 {
            struct_ser.serialize_field("q850_cause", &self.q850_cause)?;
        }
        if self.hangup_by != 0 {
            let v = HangupBy::try_from(self.hangup_by)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("hangup_by", &v)?,
                Err(_) => struct_ser.serialize_field("hangup_by", &self.hangup_by)?,
            }
        }
        if self.attestation != 0 {
            let v = Attestation::try_from(self.attestation)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("attestation", &v)?,
                Err(_) => struct_ser.serialize_field("attestation", &self.attestation)?,
            }
        }
        if let Some(v) = self.r#final.as_ref() {
            struct_ser.serialize_field("final", v)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for CallAttempt {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "attempt_id",
            "attemptId",
            "fleet",
            "source",
            "direction",
            "caller_number",
            "callerNumber",
            "callee_token",
            "calleeToken",
            "callee_region",
            "calleeRegion",
            "callee_utc_offset_minutes",
            "calleeUtcOffsetMinutes",
            "callee_network",
            "calleeNetwork",
            "campaign_id",
            "campaignId",
            "list_id",
            "listId",
            "script_id",
            "scriptId",
            "carrier_id",
            "carrierId",
            "started_at",
            "startedAt",
            "ringing_at",
            "ringingAt",
            "answered_at",
            "answeredAt",
            "ended_at",
            "endedAt",
            "disposition",
            "answered_by",
            "answeredBy",
            "sip_status",
            "sipStatus",
            "sip_reason",
            "sipReason",
            "reason_header",
            "reasonHeader",
            "q850_cause",
            "q850Cause",
            "hangup_by",
            "hangupBy",
            "attestation",
            "final",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            AttemptId,
            Fleet,
            Source,
            Direction,
            CallerNumber,
            CalleeToken,
            CalleeRegion,
            CalleeUtcOffsetMinutes,
            CalleeNetwork,
            CampaignId,
            ListId,
            ScriptId,
            CarrierId,
            StartedAt,
            RingingAt,
            AnsweredAt,
            EndedAt,
            Disposition,
            AnsweredBy,
            SipStatus,
            SipReason,
            ReasonHeader,
            Q850Cause,
            HangupBy,
            Attestation,
            Final,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "attemptId" | "attempt_id" => Ok(GeneratedField::AttemptId),
                            "fleet" => Ok(GeneratedField::Fleet),
                            "source" => Ok(GeneratedField::Source),
                            "direction" => Ok(GeneratedField::Direction),
                            "callerNumber" | "caller_number" => Ok(GeneratedField::CallerNumber),
                            "calleeToken" | "callee_token" => Ok(GeneratedField::CalleeToken),
                            "calleeRegion" | "callee_region" => Ok(GeneratedField::CalleeRegion),
                            "calleeUtcOffsetMinutes" | "callee_utc_offset_minutes" => Ok(GeneratedField::CalleeUtcOffsetMinutes),
                            "calleeNetwork" | "callee_network" => Ok(GeneratedField::CalleeNetwork),
                            "campaignId" | "campaign_id" => Ok(GeneratedField::CampaignId),
                            "listId" | "list_id" => Ok(GeneratedField::ListId),
                            "scriptId" | "script_id" => Ok(GeneratedField::ScriptId),
                            "carrierId" | "carrier_id" => Ok(GeneratedField::CarrierId),
                            "startedAt" | "started_at" => Ok(GeneratedField::StartedAt),
                            "ringingAt" | "ringing_at" => Ok(GeneratedField::RingingAt),
                            "answeredAt" | "answered_at" => Ok(GeneratedField::AnsweredAt),
                            "endedAt" | "ended_at" => Ok(GeneratedField::EndedAt),
                            "disposition" => Ok(GeneratedField::Disposition),
                            "answeredBy" | "answered_by" => Ok(GeneratedField::AnsweredBy),
                            "sipStatus" | "sip_status" => Ok(GeneratedField::SipStatus),
                            "sipReason" | "sip_reason" => Ok(GeneratedField::SipReason),
                            "reasonHeader" | "reason_header" => Ok(GeneratedField::ReasonHeader),
                            "q850Cause" | "q850_cause" => Ok(GeneratedField::Q850Cause),
                            "hangupBy" | "hangup_by" => Ok(GeneratedField::HangupBy),
                            "attestation" => Ok(GeneratedField::Attestation),
                            "final" => Ok(GeneratedField::Final),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = CallAttempt;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.CallAttempt")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<CallAttempt, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut attempt_id__ = None;
                let mut fleet__ = None;
                let mut source__ = None;
                let mut direction__ = None;
                let mut caller_number__ = None;
                let mut callee_token__ = None;
                let mut callee_region__ = None;
                let mut callee_utc_offset_minutes__ = None;
                let mut callee_network__ = None;
                let mut campaign_id__ = None;
                let mut list_id__ = None;
                let mut script_id__ = None;
                let mut carrier_id__ = None;
                let mut started_at__ = None;
                let mut ringing_at__ = None;
                let mut answered_at__ = None;
                let mut ended_at__ = None;
                let mut disposition__ = None;
                let mut answered_by__ = None;
                let mut sip_status__ = None;
                let mut sip_reason__ = None;
                let mut reason_header__ = None;
                let mut q850_cause__ = None;
                let mut hangup_by__ = None;
                let mut attestation__ = None;
                let mut r#final__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::AttemptId => {
                            if attempt_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("attemptId"));
                            }
                            attempt_id__ = map_.next_value()?;
                        }
                        GeneratedField::Fleet => {
                            if fleet__.is_some() {
                                return Err(serde::de::Error::duplicate_field("fleet"));
                            }
                            fleet__ = map_.next_value()?;
                        }
                        GeneratedField::Source => {
                            if source__.is_some() {
                                return Err(serde::de::Error::duplicate_field("source"));
                            }
                            source__ = map_.next_value()?;
                        }
                        GeneratedField::Direction => {
                            if direction__.is_some() {
                                return Err(serde::de::Error::duplicate_field("direction"));
                            }
                            direction__ = map_.next_value::<Option<Direction>>()?.map(|x| x as i32);
                        }
                        GeneratedField::CallerNumber => {
                            if caller_number__.is_some() {
                                return Err(serde::de::Error::duplicate_field("callerNumber"));
                            }
                            caller_number__ = map_.next_value()?;
                        }
                        GeneratedField::CalleeToken => {
                            if callee_token__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calleeToken"));
                            }
                            callee_token__ = map_.next_value()?;
                        }
                        GeneratedField::CalleeRegion => {
                            if callee_region__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calleeRegion"));
                            }
                            callee_region__ = map_.next_value()?;
                        }
                        GeneratedField::CalleeUtcOffsetMinutes => {
                            if callee_utc_offset_minutes__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calleeUtcOffsetMinutes"));
                            }
                            callee_utc_offset_minutes__ = 
                                map_.next_value::<::std::option::Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::CalleeNetwork => {
                            if callee_network__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calleeNetwork"));
                            }
                            callee_network__ = map_.next_value()?;
                        }
                        GeneratedField::CampaignId => {
                            if campaign_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("campaignId"));
                            }
                            campaign_id__ = map_.next_value()?;
                        }
                        GeneratedField::ListId => {
                            if list_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("listId"));
                            }
                            list_id__ = map_.next_value()?;
                        }
                        GeneratedField::ScriptId => {
                            if script_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("scriptId"));
                            }
                            script_id__ = map_.next_value()?;
                        }
                        GeneratedField::CarrierId => {
                            if carrier_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("carrierId"));
                            }
                            carrier_id__ = map_.next_value()?;
                        }
                        GeneratedField::StartedAt => {
                            if started_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("startedAt"));
                            }
                            started_at__ = map_.next_value()?;
                        }
                        GeneratedField::RingingAt => {
                            if ringing_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("ringingAt"));
                            }
                            ringing_at__ = map_.next_value()?;
                        }
                        GeneratedField::AnsweredAt => {
                            if answered_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("answeredAt"));
                            }
                            answered_at__ = map_.next_value()?;
                        }
                        GeneratedField::EndedAt => {
                            if ended_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("endedAt"));
                            }
                            ended_at__ = map_.next_value()?;
                        }
                        GeneratedField::Disposition => {
                            if disposition__.is_some() {
                                return Err(serde::de::Error::duplicate_field("disposition"));
                            }
                            disposition__ = map_.next_value::<Option<Disposition>>()?.map(|x| x as i32);
                        }
                        GeneratedField::AnsweredBy => {
                            if answered_by__.is_some() {
                                return Err(serde::de::Error::duplicate_field("answeredBy"));
                            }
                            answered_by__ = map_.next_value::<Option<AnsweredBy>>()?.map(|x| x as i32);
                        }
                        GeneratedField::SipStatus => {
                            if sip_status__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sipStatus"));
                            }
                            sip_status__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::SipReason => {
                            if sip_reason__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sipReason"));
                            }
                            sip_reason__ = map_.next_value()?;
                        }
                        GeneratedField::ReasonHeader => {
                            if reason_header__.is_some() {
                                return Err(serde::de::Error::duplicate_field("reasonHeader"));
                            }
                            reason_header__ = map_.next_value()?;
                        }
                        GeneratedField::Q850Cause => {
                            if q850_cause__.is_some() {
                                return Err(serde::de::Error::duplicate_field("q850Cause"));
                            }
                            q850_cause__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::HangupBy => {
                            if hangup_by__.is_some() {
                                return Err(serde::de::Error::duplicate_field("hangupBy"));
                            }
                            hangup_by__ = map_.next_value::<Option<HangupBy>>()?.map(|x| x as i32);
                        }
                        GeneratedField::Attestation => {
                            if attestation__.is_some() {
                                return Err(serde::de::Error::duplicate_field("attestation"));
                            }
                            attestation__ = map_.next_value::<Option<Attestation>>()?.map(|x| x as i32);
                        }
                        GeneratedField::Final => {
                            if r#final__.is_some() {
                                return Err(serde::de::Error::duplicate_field("final"));
                            }
                            r#final__ = map_.next_value()?;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(CallAttempt {
                    attempt_id: attempt_id__.unwrap_or_default(),
                    fleet: fleet__.unwrap_or_default(),
                    source: source__.unwrap_or_default(),
                    direction: direction__.unwrap_or_default(),
                    caller_number: caller_number__.unwrap_or_default(),
                    callee_token: callee_token__.unwrap_or_default(),
                    callee_region: callee_region__.unwrap_or_default(),
                    callee_utc_offset_minutes: callee_utc_offset_minutes__,
                    callee_network: callee_network__.unwrap_or_default(),
                    campaign_id: campaign_id__.unwrap_or_default(),
                    list_id: list_id__.unwrap_or_default(),
                    script_id: script_id__.unwrap_or_default(),
                    carrier_id: carrier_id__.unwrap_or_default(),
                    started_at: started_at__,
                    ringing_at: ringing_at__,
                    answered_at: answered_at__,
                    ended_at: ended_at__,
                    disposition: disposition__.unwrap_or_default(),
                    answered_by: answered_by__.unwrap_or_default(),
                    sip_status: sip_status__.unwrap_or_default(),
                    sip_reason: sip_reason__.unwrap_or_default(),
                    reason_header: reason_header__.unwrap_or_default(),
                    q850_cause: q850_cause__.unwrap_or_default(),
                    hangup_by: hangup_by__.unwrap_or_default(),
                    attestation: attestation__.unwrap_or_default(),
                    r#final: r#final__,
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.CallAttempt", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Caps {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.per_minute != 0 {
            len += 1;
        }
        if self.per_hour != 0 {
            len += 1;
        }
        if self.per_day != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Caps", len)?;
        if self.per_minute != 0 {
            struct_ser.serialize_field("per_minute", &self.per_minute)?;
        }
        if self.per_hour != 0 {
            struct_ser.serialize_field("per_hour", &self.per_hour)?;
        }
        if self.per_day != 0 {
            struct_ser.serialize_field("per_day", &self.per_day)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Caps {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "per_minute",
            "perMinute",
            "per_hour",
            "perHour",
            "per_day",
            "perDay",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            PerMinute,
            PerHour,
            PerDay,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "perMinute" | "per_minute" => Ok(GeneratedField::PerMinute),
                            "perHour" | "per_hour" => Ok(GeneratedField::PerHour),
                            "perDay" | "per_day" => Ok(GeneratedField::PerDay),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Caps;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Caps")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Caps, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut per_minute__ = None;
                let mut per_hour__ = None;
                let mut per_day__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::PerMinute => {
                            if per_minute__.is_some() {
                                return Err(serde::de::Error::duplicate_field("perMinute"));
                            }
                            per_minute__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::PerHour => {
                            if per_hour__.is_some() {
                                return Err(serde::de::Error::duplicate_field("perHour"));
                            }
                            per_hour__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::PerDay => {
                            if per_day__.is_some() {
                                return Err(serde::de::Error::duplicate_field("perDay"));
                            }
                            per_day__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Caps {
                    per_minute: per_minute__.unwrap_or_default(),
                    per_hour: per_hour__.unwrap_or_default(),
                    per_day: per_day__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Caps", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Command {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.id.is_empty() {
            len += 1;
        }
        if self.sequence != 0 {
            len += 1;
        }
        if !self.fleet.is_empty() {
            len += 1;
        }
        if !self.number.is_empty() {
            len += 1;
        }
        if self.target_version != 0 {
            len += 1;
        }
        if self.kind != 0 {
            len += 1;
        }
        if self.mode != 0 {
            len += 1;
        }
        if self.caps.is_some() {
            len += 1;
        }
        if self.keep_inbound {
            len += 1;
        }
        if self.issued_at.is_some() {
            len += 1;
        }
        if self.expires_at.is_some() {
            len += 1;
        }
        if self.reason != 0 {
            len += 1;
        }
        if !self.summary.is_empty() {
            len += 1;
        }
        if self.evidence.is_some() {
            len += 1;
        }
        if !self.rule.is_empty() {
            len += 1;
        }
        if !self.policy_hash.is_empty() {
            len += 1;
        }
        if self.core_version != 0 {
            len += 1;
        }
        if self.cause.is_some() {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Command", len)?;
        if !self.id.is_empty() {
            struct_ser.serialize_field("id", &self.id)?;
        }
        if self.sequence != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("sequence", ToString::to_string(&self.sequence).as_str())?;
        }
        if !self.fleet.is_empty() {
            struct_ser.serialize_field("fleet", &self.fleet)?;
        }
        if !self.number.is_empty() {
            struct_ser.serialize_field("number", &self.number)?;
        }
        if self.target_version != 0 {
            struct_ser.serialize_field("target_version", &self.target_version)?;
        }
        if self.kind != 0 {
            let v = CommandKind::try_from(self.kind)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("kind", &v)?,
                Err(_) => struct_ser.serialize_field("kind", &self.kind)?,
            }
        }
        if self.mode != 0 {
            let v = Mode::try_from(self.mode)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("mode", &v)?,
                Err(_) => struct_ser.serialize_field("mode", &self.mode)?,
            }
        }
        if let Some(v) = self.caps.as_ref() {
            struct_ser.serialize_field("caps", v)?;
        }
        if self.keep_inbound {
            struct_ser.serialize_field("keep_inbound", &self.keep_inbound)?;
        }
        if let Some(v) = self.issued_at.as_ref() {
            struct_ser.serialize_field("issued_at", v)?;
        }
        if let Some(v) = self.expires_at.as_ref() {
            struct_ser.serialize_field("expires_at", v)?;
        }
        if self.reason != 0 {
            let v = Reason::try_from(self.reason)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("reason", &v)?,
                Err(_) => struct_ser.serialize_field("reason", &self.reason)?,
            }
        }
        if !self.summary.is_empty() {
            struct_ser.serialize_field("summary", &self.summary)?;
        }
        if let Some(v) = self.evidence.as_ref() {
            struct_ser.serialize_field("evidence", v)?;
        }
        if !self.rule.is_empty() {
            struct_ser.serialize_field("rule", &self.rule)?;
        }
        if !self.policy_hash.is_empty() {
            struct_ser.serialize_field("policy_hash", &self.policy_hash)?;
        }
        if self.core_version != 0 {
            struct_ser.serialize_field("core_version", &self.core_version)?;
        }
        if let Some(v) = self.cause.as_ref() {
            struct_ser.serialize_field("cause", v)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Command {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "id",
            "sequence",
            "fleet",
            "number",
            "target_version",
            "targetVersion",
            "kind",
            "mode",
            "caps",
            "keep_inbound",
            "keepInbound",
            "issued_at",
            "issuedAt",
            "expires_at",
            "expiresAt",
            "reason",
            "summary",
            "evidence",
            "rule",
            "policy_hash",
            "policyHash",
            "core_version",
            "coreVersion",
            "cause",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Id,
            Sequence,
            Fleet,
            Number,
            TargetVersion,
            Kind,
            Mode,
            Caps,
            KeepInbound,
            IssuedAt,
            ExpiresAt,
            Reason,
            Summary,
            Evidence,
            Rule,
            PolicyHash,
            CoreVersion,
            Cause,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "id" => Ok(GeneratedField::Id),
                            "sequence" => Ok(GeneratedField::Sequence),
                            "fleet" => Ok(GeneratedField::Fleet),
                            "number" => Ok(GeneratedField::Number),
                            "targetVersion" | "target_version" => Ok(GeneratedField::TargetVersion),
                            "kind" => Ok(GeneratedField::Kind),
                            "mode" => Ok(GeneratedField::Mode),
                            "caps" => Ok(GeneratedField::Caps),
                            "keepInbound" | "keep_inbound" => Ok(GeneratedField::KeepInbound),
                            "issuedAt" | "issued_at" => Ok(GeneratedField::IssuedAt),
                            "expiresAt" | "expires_at" => Ok(GeneratedField::ExpiresAt),
                            "reason" => Ok(GeneratedField::Reason),
                            "summary" => Ok(GeneratedField::Summary),
                            "evidence" => Ok(GeneratedField::Evidence),
                            "rule" => Ok(GeneratedField::Rule),
                            "policyHash" | "policy_hash" => Ok(GeneratedField::PolicyHash),
                            "coreVersion" | "core_version" => Ok(GeneratedField::CoreVersion),
                            "cause" => Ok(GeneratedField::Cause),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Command;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Command")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Command, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut id__ = None;
                let mut sequence__ = None;
                let mut fleet__ = None;
                let mut number__ = None;
                let mut target_version__ = None;
                let mut kind__ = None;
                let mut mode__ = None;
                let mut caps__ = None;
                let mut keep_inbound__ = None;
                let mut issued_at__ = None;
                let mut expires_at__ = None;
                let mut reason__ = None;
                let mut summary__ = None;
                let mut evidence__ = None;
                let mut rule__ = None;
                let mut policy_hash__ = None;
                let mut core_version__ = None;
                let mut cause__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Id => {
                            if id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("id"));
                            }
                            id__ = map_.next_value()?;
                        }
                        GeneratedField::Sequence => {
                            if sequence__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sequence"));
                            }
                            sequence__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Fleet => {
                            if fleet__.is_some() {
                                return Err(serde::de::Error::duplicate_field("fleet"));
                            }
                            fleet__ = map_.next_value()?;
                        }
                        GeneratedField::Number => {
                            if number__.is_some() {
                                return Err(serde::de::Error::duplicate_field("number"));
                            }
                            number__ = map_.next_value()?;
                        }
                        GeneratedField::TargetVersion => {
                            if target_version__.is_some() {
                                return Err(serde::de::Error::duplicate_field("targetVersion"));
                            }
                            target_version__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Kind => {
                            if kind__.is_some() {
                                return Err(serde::de::Error::duplicate_field("kind"));
                            }
                            kind__ = map_.next_value::<Option<CommandKind>>()?.map(|x| x as i32);
                        }
                        GeneratedField::Mode => {
                            if mode__.is_some() {
                                return Err(serde::de::Error::duplicate_field("mode"));
                            }
                            mode__ = map_.next_value::<Option<Mode>>()?.map(|x| x as i32);
                        }
                        GeneratedField::Caps => {
                            if caps__.is_some() {
                                return Err(serde::de::Error::duplicate_field("caps"));
                            }
                            caps__ = map_.next_value()?;
                        }
                        GeneratedField::KeepInbound => {
                            if keep_inbound__.is_some() {
                                return Err(serde::de::Error::duplicate_field("keepInbound"));
                            }
                            keep_inbound__ = map_.next_value()?;
                        }
                        GeneratedField::IssuedAt => {
                            if issued_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("issuedAt"));
                            }
                            issued_at__ = map_.next_value()?;
                        }
                        GeneratedField::ExpiresAt => {
                            if expires_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("expiresAt"));
                            }
                            expires_at__ = map_.next_value()?;
                        }
                        GeneratedField::Reason => {
                            if reason__.is_some() {
                                return Err(serde::de::Error::duplicate_field("reason"));
                            }
                            reason__ = map_.next_value::<Option<Reason>>()?.map(|x| x as i32);
                        }
                        GeneratedField::Summary => {
                            if summary__.is_some() {
                                return Err(serde::de::Error::duplicate_field("summary"));
                            }
                            summary__ = map_.next_value()?;
                        }
                        GeneratedField::Evidence => {
                            if evidence__.is_some() {
                                return Err(serde::de::Error::duplicate_field("evidence"));
                            }
                            evidence__ = map_.next_value()?;
                        }
                        GeneratedField::Rule => {
                            if rule__.is_some() {
                                return Err(serde::de::Error::duplicate_field("rule"));
                            }
                            rule__ = map_.next_value()?;
                        }
                        GeneratedField::PolicyHash => {
                            if policy_hash__.is_some() {
                                return Err(serde::de::Error::duplicate_field("policyHash"));
                            }
                            policy_hash__ = map_.next_value()?;
                        }
                        GeneratedField::CoreVersion => {
                            if core_version__.is_some() {
                                return Err(serde::de::Error::duplicate_field("coreVersion"));
                            }
                            core_version__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Cause => {
                            if cause__.is_some() {
                                return Err(serde::de::Error::duplicate_field("cause"));
                            }
                            cause__ = map_.next_value()?;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Command {
                    id: id__.unwrap_or_default(),
                    sequence: sequence__.unwrap_or_default(),
                    fleet: fleet__.unwrap_or_default(),
                    number: number__.unwrap_or_default(),
                    target_version: target_version__.unwrap_or_default(),
                    kind: kind__.unwrap_or_default(),
                    mode: mode__.unwrap_or_default(),
                    caps: caps__,
                    keep_inbound: keep_inbound__.unwrap_or_default(),
                    issued_at: issued_at__,
                    expires_at: expires_at__,
                    reason: reason__.unwrap_or_default(),
                    summary: summary__.unwrap_or_default(),
                    evidence: evidence__,
                    rule: rule__.unwrap_or_default(),
                    policy_hash: policy_hash__.unwrap_or_default(),
                    core_version: core_version__.unwrap_or_default(),
                    cause: cause__,
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Command", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for CommandKind {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "COMMAND_KIND_UNSPECIFIED",
            Self::PauseNumber => "COMMAND_KIND_PAUSE_NUMBER",
            Self::ReduceVolume => "COMMAND_KIND_REDUCE_VOLUME",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for CommandKind {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "COMMAND_KIND_UNSPECIFIED",
            "COMMAND_KIND_PAUSE_NUMBER",
            "COMMAND_KIND_REDUCE_VOLUME",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = CommandKind;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(CommandKind::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(CommandKind::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "COMMAND_KIND_UNSPECIFIED" => Ok(CommandKind::Unspecified),
                    "COMMAND_KIND_PAUSE_NUMBER" => Ok(CommandKind::PauseNumber),
                    "COMMAND_KIND_REDUCE_VOLUME" => Ok(CommandKind::ReduceVolume),
                    _ => Ok(CommandKind::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Direction {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "DIRECTION_UNSPECIFIED",
            Self::Outbound => "DIRECTION_OUTBOUND",
            Self::Inbound => "DIRECTION_INBOUND",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Direction {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "DIRECTION_UNSPECIFIED",
            "DIRECTION_OUTBOUND",
            "DIRECTION_INBOUND",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Direction;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Direction::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Direction::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "DIRECTION_UNSPECIFIED" => Ok(Direction::Unspecified),
                    "DIRECTION_OUTBOUND" => Ok(Direction::Outbound),
                    "DIRECTION_INBOUND" => Ok(Direction::Inbound),
                    _ => Ok(Direction::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Disposition {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "DISPOSITION_UNSPECIFIED",
            Self::Answered => "DISPOSITION_ANSWERED",
            Self::Busy => "DISPOSITION_BUSY",
            Self::NoAnswer => "DISPOSITION_NO_ANSWER",
            Self::Declined => "DISPOSITION_DECLINED",
            Self::Blocked => "DISPOSITION_BLOCKED",
            Self::InvalidNumber => "DISPOSITION_INVALID_NUMBER",
            Self::Canceled => "DISPOSITION_CANCELED",
            Self::NetworkFailure => "DISPOSITION_NETWORK_FAILURE",
            Self::RefusedLocally => "DISPOSITION_REFUSED_LOCALLY",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Disposition {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "DISPOSITION_UNSPECIFIED",
            "DISPOSITION_ANSWERED",
            "DISPOSITION_BUSY",
            "DISPOSITION_NO_ANSWER",
            "DISPOSITION_DECLINED",
            "DISPOSITION_BLOCKED",
            "DISPOSITION_INVALID_NUMBER",
            "DISPOSITION_CANCELED",
            "DISPOSITION_NETWORK_FAILURE",
            "DISPOSITION_REFUSED_LOCALLY",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Disposition;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Disposition::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Disposition::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "DISPOSITION_UNSPECIFIED" => Ok(Disposition::Unspecified),
                    "DISPOSITION_ANSWERED" => Ok(Disposition::Answered),
                    "DISPOSITION_BUSY" => Ok(Disposition::Busy),
                    "DISPOSITION_NO_ANSWER" => Ok(Disposition::NoAnswer),
                    "DISPOSITION_DECLINED" => Ok(Disposition::Declined),
                    "DISPOSITION_BLOCKED" => Ok(Disposition::Blocked),
                    "DISPOSITION_INVALID_NUMBER" => Ok(Disposition::InvalidNumber),
                    "DISPOSITION_CANCELED" => Ok(Disposition::Canceled),
                    "DISPOSITION_NETWORK_FAILURE" => Ok(Disposition::NetworkFailure),
                    "DISPOSITION_REFUSED_LOCALLY" => Ok(Disposition::RefusedLocally),
                    _ => Ok(Disposition::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Evidence {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.kind.is_some() {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Evidence", len)?;
        if let Some(v) = self.kind.as_ref() {
            match v {
                evidence::Kind::AnswerRate(v) => {
                    struct_ser.serialize_field("answer_rate", v)?;
                }
                evidence::Kind::Pace(v) => {
                    struct_ser.serialize_field("pace", v)?;
                }
            }
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Evidence {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "answer_rate",
            "answerRate",
            "pace",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            AnswerRate,
            Pace,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "answerRate" | "answer_rate" => Ok(GeneratedField::AnswerRate),
                            "pace" => Ok(GeneratedField::Pace),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Evidence;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Evidence")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Evidence, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut kind__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::AnswerRate => {
                            if kind__.is_some() {
                                return Err(serde::de::Error::duplicate_field("answerRate"));
                            }
                            kind__ = map_.next_value::<::std::option::Option<_>>()?.map(evidence::Kind::AnswerRate)
;
                        }
                        GeneratedField::Pace => {
                            if kind__.is_some() {
                                return Err(serde::de::Error::duplicate_field("pace"));
                            }
                            kind__ = map_.next_value::<::std::option::Option<_>>()?.map(evidence::Kind::Pace)
;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Evidence {
                    kind: kind__,
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Evidence", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for HangupBy {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "HANGUP_BY_UNSPECIFIED",
            Self::Caller => "HANGUP_BY_CALLER",
            Self::Callee => "HANGUP_BY_CALLEE",
            Self::Network => "HANGUP_BY_NETWORK",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for HangupBy {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "HANGUP_BY_UNSPECIFIED",
            "HANGUP_BY_CALLER",
            "HANGUP_BY_CALLEE",
            "HANGUP_BY_NETWORK",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = HangupBy;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(HangupBy::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(HangupBy::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "HANGUP_BY_UNSPECIFIED" => Ok(HangupBy::Unspecified),
                    "HANGUP_BY_CALLER" => Ok(HangupBy::Caller),
                    "HANGUP_BY_CALLEE" => Ok(HangupBy::Callee),
                    "HANGUP_BY_NETWORK" => Ok(HangupBy::Network),
                    _ => Ok(HangupBy::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for JournalRecord {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.unit != 0 {
            len += 1;
        }
        if self.sequence != 0 {
            len += 1;
        }
        if !self.slices.is_empty() {
            len += 1;
        }
        if self.committed_at.is_some() {
            len += 1;
        }
        if self.event_time.is_some() {
            len += 1;
        }
        if self.inputs != 0 {
            len += 1;
        }
        if self.outputs != 0 {
            len += 1;
        }
        if self.digest != 0 {
            len += 1;
        }
        if self.core_version != 0 {
            len += 1;
        }
        if !self.policy_hash.is_empty() {
            len += 1;
        }
        if !self.command_ids.is_empty() {
            len += 1;
        }
        if !self.observed.is_empty() {
            len += 1;
        }
        if !self.positions.is_empty() {
            len += 1;
        }
        if !self.instance.is_empty() {
            len += 1;
        }
        if self.policy.is_some() {
            len += 1;
        }
        if self.units != 0 {
            len += 1;
        }
        if self.clock.is_some() {
            len += 1;
        }
        if self.learning_until.is_some() {
            len += 1;
        }
        if !self.resent_ids.is_empty() {
            len += 1;
        }
        if self.rebuilt {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.JournalRecord", len)?;
        if self.unit != 0 {
            struct_ser.serialize_field("unit", &self.unit)?;
        }
        if self.sequence != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("sequence", ToString::to_string(&self.sequence).as_str())?;
        }
        if !self.slices.is_empty() {
            struct_ser.serialize_field("slices", &self.slices)?;
        }
        if let Some(v) = self.committed_at.as_ref() {
            struct_ser.serialize_field("committed_at", v)?;
        }
        if let Some(v) = self.event_time.as_ref() {
            struct_ser.serialize_field("event_time", v)?;
        }
        if self.inputs != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("inputs", ToString::to_string(&self.inputs).as_str())?;
        }
        if self.outputs != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("outputs", ToString::to_string(&self.outputs).as_str())?;
        }
        if self.digest != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("digest", ToString::to_string(&self.digest).as_str())?;
        }
        if self.core_version != 0 {
            struct_ser.serialize_field("core_version", &self.core_version)?;
        }
        if !self.policy_hash.is_empty() {
            struct_ser.serialize_field("policy_hash", &self.policy_hash)?;
        }
        if !self.command_ids.is_empty() {
            struct_ser.serialize_field("command_ids", &self.command_ids)?;
        }
        if !self.observed.is_empty() {
            struct_ser.serialize_field("observed", &self.observed)?;
        }
        if !self.positions.is_empty() {
            struct_ser.serialize_field("positions", &self.positions)?;
        }
        if !self.instance.is_empty() {
            struct_ser.serialize_field("instance", &self.instance)?;
        }
        if let Some(v) = self.policy.as_ref() {
            struct_ser.serialize_field("policy", v)?;
        }
        if self.units != 0 {
            struct_ser.serialize_field("units", &self.units)?;
        }
        if let Some(v) = self.clock.as_ref() {
            struct_ser.serialize_field("clock", v)?;
        }
        if let Some(v) = self.learning_until.as_ref() {
            struct_ser.serialize_field("learning_until", v)?;
        }
        if !self.resent_ids.is_empty() {
            struct_ser.serialize_field("resent_ids", &self.resent_ids)?;
        }
        if self.rebuilt {
            struct_ser.serialize_field("rebuilt", &self.rebuilt)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for JournalRecord {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "unit",
            "sequence",
            "slices",
            "committed_at",
            "committedAt",
            "event_time",
            "eventTime",
            "inputs",
            "outputs",
            "digest",
            "core_version",
            "coreVersion",
            "policy_hash",
            "policyHash",
            "command_ids",
            "commandIds",
            "observed",
            "positions",
            "instance",
            "policy",
            "units",
            "clock",
            "learning_until",
            "learningUntil",
            "resent_ids",
            "resentIds",
            "rebuilt",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Unit,
            Sequence,
            Slices,
            CommittedAt,
            EventTime,
            Inputs,
            Outputs,
            Digest,
            CoreVersion,
            PolicyHash,
            CommandIds,
            Observed,
            Positions,
            Instance,
            Policy,
            Units,
            Clock,
            LearningUntil,
            ResentIds,
            Rebuilt,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "unit" => Ok(GeneratedField::Unit),
                            "sequence" => Ok(GeneratedField::Sequence),
                            "slices" => Ok(GeneratedField::Slices),
                            "committedAt" | "committed_at" => Ok(GeneratedField::CommittedAt),
                            "eventTime" | "event_time" => Ok(GeneratedField::EventTime),
                            "inputs" => Ok(GeneratedField::Inputs),
                            "outputs" => Ok(GeneratedField::Outputs),
                            "digest" => Ok(GeneratedField::Digest),
                            "coreVersion" | "core_version" => Ok(GeneratedField::CoreVersion),
                            "policyHash" | "policy_hash" => Ok(GeneratedField::PolicyHash),
                            "commandIds" | "command_ids" => Ok(GeneratedField::CommandIds),
                            "observed" => Ok(GeneratedField::Observed),
                            "positions" => Ok(GeneratedField::Positions),
                            "instance" => Ok(GeneratedField::Instance),
                            "policy" => Ok(GeneratedField::Policy),
                            "units" => Ok(GeneratedField::Units),
                            "clock" => Ok(GeneratedField::Clock),
                            "learningUntil" | "learning_until" => Ok(GeneratedField::LearningUntil),
                            "resentIds" | "resent_ids" => Ok(GeneratedField::ResentIds),
                            "rebuilt" => Ok(GeneratedField::Rebuilt),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = JournalRecord;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.JournalRecord")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<JournalRecord, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut unit__ = None;
                let mut sequence__ = None;
                let mut slices__ = None;
                let mut committed_at__ = None;
                let mut event_time__ = None;
                let mut inputs__ = None;
                let mut outputs__ = None;
                let mut digest__ = None;
                let mut core_version__ = None;
                let mut policy_hash__ = None;
                let mut command_ids__ = None;
                let mut observed__ = None;
                let mut positions__ = None;
                let mut instance__ = None;
                let mut policy__ = None;
                let mut units__ = None;
                let mut clock__ = None;
                let mut learning_until__ = None;
                let mut resent_ids__ = None;
                let mut rebuilt__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Unit => {
                            if unit__.is_some() {
                                return Err(serde::de::Error::duplicate_field("unit"));
                            }
                            unit__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Sequence => {
                            if sequence__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sequence"));
                            }
                            sequence__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Slices => {
                            if slices__.is_some() {
                                return Err(serde::de::Error::duplicate_field("slices"));
                            }
                            slices__ = map_.next_value()?;
                        }
                        GeneratedField::CommittedAt => {
                            if committed_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("committedAt"));
                            }
                            committed_at__ = map_.next_value()?;
                        }
                        GeneratedField::EventTime => {
                            if event_time__.is_some() {
                                return Err(serde::de::Error::duplicate_field("eventTime"));
                            }
                            event_time__ = map_.next_value()?;
                        }
                        GeneratedField::Inputs => {
                            if inputs__.is_some() {
                                return Err(serde::de::Error::duplicate_field("inputs"));
                            }
                            inputs__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Outputs => {
                            if outputs__.is_some() {
                                return Err(serde::de::Error::duplicate_field("outputs"));
                            }
                            outputs__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Digest => {
                            if digest__.is_some() {
                                return Err(serde::de::Error::duplicate_field("digest"));
                            }
                            digest__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::CoreVersion => {
                            if core_version__.is_some() {
                                return Err(serde::de::Error::duplicate_field("coreVersion"));
                            }
                            core_version__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::PolicyHash => {
                            if policy_hash__.is_some() {
                                return Err(serde::de::Error::duplicate_field("policyHash"));
                            }
                            policy_hash__ = map_.next_value()?;
                        }
                        GeneratedField::CommandIds => {
                            if command_ids__.is_some() {
                                return Err(serde::de::Error::duplicate_field("commandIds"));
                            }
                            command_ids__ = map_.next_value()?;
                        }
                        GeneratedField::Observed => {
                            if observed__.is_some() {
                                return Err(serde::de::Error::duplicate_field("observed"));
                            }
                            observed__ = map_.next_value()?;
                        }
                        GeneratedField::Positions => {
                            if positions__.is_some() {
                                return Err(serde::de::Error::duplicate_field("positions"));
                            }
                            positions__ = map_.next_value()?;
                        }
                        GeneratedField::Instance => {
                            if instance__.is_some() {
                                return Err(serde::de::Error::duplicate_field("instance"));
                            }
                            instance__ = map_.next_value()?;
                        }
                        GeneratedField::Policy => {
                            if policy__.is_some() {
                                return Err(serde::de::Error::duplicate_field("policy"));
                            }
                            policy__ = map_.next_value()?;
                        }
                        GeneratedField::Units => {
                            if units__.is_some() {
                                return Err(serde::de::Error::duplicate_field("units"));
                            }
                            units__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Clock => {
                            if clock__.is_some() {
                                return Err(serde::de::Error::duplicate_field("clock"));
                            }
                            clock__ = map_.next_value()?;
                        }
                        GeneratedField::LearningUntil => {
                            if learning_until__.is_some() {
                                return Err(serde::de::Error::duplicate_field("learningUntil"));
                            }
                            learning_until__ = map_.next_value()?;
                        }
                        GeneratedField::ResentIds => {
                            if resent_ids__.is_some() {
                                return Err(serde::de::Error::duplicate_field("resentIds"));
                            }
                            resent_ids__ = map_.next_value()?;
                        }
                        GeneratedField::Rebuilt => {
                            if rebuilt__.is_some() {
                                return Err(serde::de::Error::duplicate_field("rebuilt"));
                            }
                            rebuilt__ = map_.next_value()?;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(JournalRecord {
                    unit: unit__.unwrap_or_default(),
                    sequence: sequence__.unwrap_or_default(),
                    slices: slices__.unwrap_or_default(),
                    committed_at: committed_at__,
                    event_time: event_time__,
                    inputs: inputs__.unwrap_or_default(),
                    outputs: outputs__.unwrap_or_default(),
                    digest: digest__.unwrap_or_default(),
                    core_version: core_version__.unwrap_or_default(),
                    policy_hash: policy_hash__.unwrap_or_default(),
                    command_ids: command_ids__.unwrap_or_default(),
                    observed: observed__.unwrap_or_default(),
                    positions: positions__.unwrap_or_default(),
                    instance: instance__.unwrap_or_default(),
                    policy: policy__,
                    units: units__.unwrap_or_default(),
                    clock: clock__,
                    learning_until: learning_until__,
                    resent_ids: resent_ids__.unwrap_or_default(),
                    rebuilt: rebuilt__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.JournalRecord", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Mode {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "MODE_UNSPECIFIED",
            Self::Observe => "MODE_OBSERVE",
            Self::Enforce => "MODE_ENFORCE",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Mode {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "MODE_UNSPECIFIED",
            "MODE_OBSERVE",
            "MODE_ENFORCE",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Mode;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Mode::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Mode::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "MODE_UNSPECIFIED" => Ok(Mode::Unspecified),
                    "MODE_OBSERVE" => Ok(Mode::Observe),
                    "MODE_ENFORCE" => Ok(Mode::Enforce),
                    _ => Ok(Mode::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for PaceEvidence {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.attempts != 0 {
            len += 1;
        }
        if self.cap != 0 {
            len += 1;
        }
        if self.window_seconds != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.PaceEvidence", len)?;
        if self.attempts != 0 {
            struct_ser.serialize_field("attempts", &self.attempts)?;
        }
        if self.cap != 0 {
            struct_ser.serialize_field("cap", &self.cap)?;
        }
        if self.window_seconds != 0 {
            struct_ser.serialize_field("window_seconds", &self.window_seconds)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for PaceEvidence {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "attempts",
            "cap",
            "window_seconds",
            "windowSeconds",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Attempts,
            Cap,
            WindowSeconds,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "attempts" => Ok(GeneratedField::Attempts),
                            "cap" => Ok(GeneratedField::Cap),
                            "windowSeconds" | "window_seconds" => Ok(GeneratedField::WindowSeconds),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = PaceEvidence;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.PaceEvidence")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<PaceEvidence, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut attempts__ = None;
                let mut cap__ = None;
                let mut window_seconds__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Attempts => {
                            if attempts__.is_some() {
                                return Err(serde::de::Error::duplicate_field("attempts"));
                            }
                            attempts__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Cap => {
                            if cap__.is_some() {
                                return Err(serde::de::Error::duplicate_field("cap"));
                            }
                            cap__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::WindowSeconds => {
                            if window_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("windowSeconds"));
                            }
                            window_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(PaceEvidence {
                    attempts: attempts__.unwrap_or_default(),
                    cap: cap__.unwrap_or_default(),
                    window_seconds: window_seconds__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.PaceEvidence", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Policy {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.mode != 0 {
            len += 1;
        }
        if self.detector_enabled {
            len += 1;
        }
        if self.watch != 0. {
            len += 1;
        }
        if self.reduce != 0. {
            len += 1;
        }
        if self.pause != 0. {
            len += 1;
        }
        if self.baseline_min_attempts != 0 {
            len += 1;
        }
        if self.pause_for_seconds != 0 {
            len += 1;
        }
        if self.reduce_for_seconds != 0 {
            len += 1;
        }
        if self.reduce_to != 0. {
            len += 1;
        }
        if self.caps.is_some() {
            len += 1;
        }
        if self.caps_reduce_for_seconds != 0 {
            len += 1;
        }
        if self.numbers_max != 0 {
            len += 1;
        }
        if self.fleets_max != 0 {
            len += 1;
        }
        if self.future_tolerance_seconds != 0 {
            len += 1;
        }
        if self.act_max_age_seconds != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Policy", len)?;
        if self.mode != 0 {
            let v = Mode::try_from(self.mode)
                ;
            match v {
                Ok(v) => struct_ser.serialize_field("mode", &v)?,
                Err(_) => struct_ser.serialize_field("mode", &self.mode)?,
            }
        }
        if self.detector_enabled {
            struct_ser.serialize_field("detector_enabled", &self.detector_enabled)?;
        }
        if self.watch != 0. {
            struct_ser.serialize_field("watch", &self.watch)?;
        }
        if self.reduce != 0. {
            struct_ser.serialize_field("reduce", &self.reduce)?;
        }
        if self.pause != 0. {
            struct_ser.serialize_field("pause", &self.pause)?;
        }
        if self.baseline_min_attempts != 0 {
            struct_ser.serialize_field("baseline_min_attempts", &self.baseline_min_attempts)?;
        }
        if self.pause_for_seconds != 0 {
            struct_ser.serialize_field("pause_for_seconds", &self.pause_for_seconds)?;
        }
        if self.reduce_for_seconds != 0 {
            struct_ser.serialize_field("reduce_for_seconds", &self.reduce_for_seconds)?;
        }
        if self.reduce_to != 0. {
            struct_ser.serialize_field("reduce_to", &self.reduce_to)?;
        }
        if let Some(v) = self.caps.as_ref() {
            struct_ser.serialize_field("caps", v)?;
        }
        if self.caps_reduce_for_seconds != 0 {
            struct_ser.serialize_field("caps_reduce_for_seconds", &self.caps_reduce_for_seconds)?;
        }
        if self.numbers_max != 0 {
            struct_ser.serialize_field("numbers_max", &self.numbers_max)?;
        }
        if self.fleets_max != 0 {
            struct_ser.serialize_field("fleets_max", &self.fleets_max)?;
        }
        if self.future_tolerance_seconds != 0 {
            struct_ser.serialize_field("future_tolerance_seconds", &self.future_tolerance_seconds)?;
        }
        if self.act_max_age_seconds != 0 {
            struct_ser.serialize_field("act_max_age_seconds", &self.act_max_age_seconds)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Policy {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "mode",
            "detector_enabled",
            "detectorEnabled",
            "watch",
            "reduce",
            "pause",
            "baseline_min_attempts",
            "baselineMinAttempts",
            "pause_for_seconds",
            "pauseForSeconds",
            "reduce_for_seconds",
            "reduceForSeconds",
            "reduce_to",
            "reduceTo",
            "caps",
            "caps_reduce_for_seconds",
            "capsReduceForSeconds",
            "numbers_max",
            "numbersMax",
            "fleets_max",
            "fleetsMax",
            "future_tolerance_seconds",
            "futureToleranceSeconds",
            "act_max_age_seconds",
            "actMaxAgeSeconds",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Mode,
            DetectorEnabled,
            Watch,
            Reduce,
            Pause,
            BaselineMinAttempts,
            PauseForSeconds,
            ReduceForSeconds,
            ReduceTo,
            Caps,
            CapsReduceForSeconds,
            NumbersMax,
            FleetsMax,
            FutureToleranceSeconds,
            ActMaxAgeSeconds,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "mode" => Ok(GeneratedField::Mode),
                            "detectorEnabled" | "detector_enabled" => Ok(GeneratedField::DetectorEnabled),
                            "watch" => Ok(GeneratedField::Watch),
                            "reduce" => Ok(GeneratedField::Reduce),
                            "pause" => Ok(GeneratedField::Pause),
                            "baselineMinAttempts" | "baseline_min_attempts" => Ok(GeneratedField::BaselineMinAttempts),
                            "pauseForSeconds" | "pause_for_seconds" => Ok(GeneratedField::PauseForSeconds),
                            "reduceForSeconds" | "reduce_for_seconds" => Ok(GeneratedField::ReduceForSeconds),
                            "reduceTo" | "reduce_to" => Ok(GeneratedField::ReduceTo),
                            "caps" => Ok(GeneratedField::Caps),
                            "capsReduceForSeconds" | "caps_reduce_for_seconds" => Ok(GeneratedField::CapsReduceForSeconds),
                            "numbersMax" | "numbers_max" => Ok(GeneratedField::NumbersMax),
                            "fleetsMax" | "fleets_max" => Ok(GeneratedField::FleetsMax),
                            "futureToleranceSeconds" | "future_tolerance_seconds" => Ok(GeneratedField::FutureToleranceSeconds),
                            "actMaxAgeSeconds" | "act_max_age_seconds" => Ok(GeneratedField::ActMaxAgeSeconds),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Policy;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Policy")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Policy, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut mode__ = None;
                let mut detector_enabled__ = None;
                let mut watch__ = None;
                let mut reduce__ = None;
                let mut pause__ = None;
                let mut baseline_min_attempts__ = None;
                let mut pause_for_seconds__ = None;
                let mut reduce_for_seconds__ = None;
                let mut reduce_to__ = None;
                let mut caps__ = None;
                let mut caps_reduce_for_seconds__ = None;
                let mut numbers_max__ = None;
                let mut fleets_max__ = None;
                let mut future_tolerance_seconds__ = None;
                let mut act_max_age_seconds__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Mode => {
                            if mode__.is_some() {
                                return Err(serde::de::Error::duplicate_field("mode"));
                            }
                            mode__ = map_.next_value::<Option<Mode>>()?.map(|x| x as i32);
                        }
                        GeneratedField::DetectorEnabled => {
                            if detector_enabled__.is_some() {
                                return Err(serde::de::Error::duplicate_field("detectorEnabled"));
                            }
                            detector_enabled__ = map_.next_value()?;
                        }
                        GeneratedField::Watch => {
                            if watch__.is_some() {
                                return Err(serde::de::Error::duplicate_field("watch"));
                            }
                            watch__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Reduce => {
                            if reduce__.is_some() {
                                return Err(serde::de::Error::duplicate_field("reduce"));
                            }
                            reduce__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Pause => {
                            if pause__.is_some() {
                                return Err(serde::de::Error::duplicate_field("pause"));
                            }
                            pause__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::BaselineMinAttempts => {
                            if baseline_min_attempts__.is_some() {
                                return Err(serde::de::Error::duplicate_field("baselineMinAttempts"));
                            }
                            baseline_min_attempts__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::PauseForSeconds => {
                            if pause_for_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("pauseForSeconds"));
                            }
                            pause_for_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::ReduceForSeconds => {
                            if reduce_for_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("reduceForSeconds"));
                            }
                            reduce_for_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::ReduceTo => {
                            if reduce_to__.is_some() {
                                return Err(serde::de::Error::duplicate_field("reduceTo"));
                            }
                            reduce_to__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Caps => {
                            if caps__.is_some() {
                                return Err(serde::de::Error::duplicate_field("caps"));
                            }
                            caps__ = map_.next_value()?;
                        }
                        GeneratedField::CapsReduceForSeconds => {
                            if caps_reduce_for_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("capsReduceForSeconds"));
                            }
                            caps_reduce_for_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::NumbersMax => {
                            if numbers_max__.is_some() {
                                return Err(serde::de::Error::duplicate_field("numbersMax"));
                            }
                            numbers_max__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::FleetsMax => {
                            if fleets_max__.is_some() {
                                return Err(serde::de::Error::duplicate_field("fleetsMax"));
                            }
                            fleets_max__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::FutureToleranceSeconds => {
                            if future_tolerance_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("futureToleranceSeconds"));
                            }
                            future_tolerance_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::ActMaxAgeSeconds => {
                            if act_max_age_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("actMaxAgeSeconds"));
                            }
                            act_max_age_seconds__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Policy {
                    mode: mode__.unwrap_or_default(),
                    detector_enabled: detector_enabled__.unwrap_or_default(),
                    watch: watch__.unwrap_or_default(),
                    reduce: reduce__.unwrap_or_default(),
                    pause: pause__.unwrap_or_default(),
                    baseline_min_attempts: baseline_min_attempts__.unwrap_or_default(),
                    pause_for_seconds: pause_for_seconds__.unwrap_or_default(),
                    reduce_for_seconds: reduce_for_seconds__.unwrap_or_default(),
                    reduce_to: reduce_to__.unwrap_or_default(),
                    caps: caps__,
                    caps_reduce_for_seconds: caps_reduce_for_seconds__.unwrap_or_default(),
                    numbers_max: numbers_max__.unwrap_or_default(),
                    fleets_max: fleets_max__.unwrap_or_default(),
                    future_tolerance_seconds: future_tolerance_seconds__.unwrap_or_default(),
                    act_max_age_seconds: act_max_age_seconds__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Policy", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Position {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.topic.is_empty() {
            len += 1;
        }
        if self.partition != 0 {
            len += 1;
        }
        if self.offset != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Position", len)?;
        if !self.topic.is_empty() {
            struct_ser.serialize_field("topic", &self.topic)?;
        }
        if self.partition != 0 {
            struct_ser.serialize_field("partition", &self.partition)?;
        }
        if self.offset != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("offset", ToString::to_string(&self.offset).as_str())?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Position {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "topic",
            "partition",
            "offset",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Topic,
            Partition,
            Offset,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "topic" => Ok(GeneratedField::Topic),
                            "partition" => Ok(GeneratedField::Partition),
                            "offset" => Ok(GeneratedField::Offset),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Position;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Position")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Position, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut topic__ = None;
                let mut partition__ = None;
                let mut offset__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Topic => {
                            if topic__.is_some() {
                                return Err(serde::de::Error::duplicate_field("topic"));
                            }
                            topic__ = map_.next_value()?;
                        }
                        GeneratedField::Partition => {
                            if partition__.is_some() {
                                return Err(serde::de::Error::duplicate_field("partition"));
                            }
                            partition__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Offset => {
                            if offset__.is_some() {
                                return Err(serde::de::Error::duplicate_field("offset"));
                            }
                            offset__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Position {
                    topic: topic__.unwrap_or_default(),
                    partition: partition__.unwrap_or_default(),
                    offset: offset__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Position", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Reason {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "REASON_UNSPECIFIED",
            Self::AnswerRateFell => "REASON_ANSWER_RATE_FELL",
            Self::PaceOverCap => "REASON_PACE_OVER_CAP",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Reason {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "REASON_UNSPECIFIED",
            "REASON_ANSWER_RATE_FELL",
            "REASON_PACE_OVER_CAP",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Reason;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Reason::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok()).or_else(|| Some(Reason::default()))
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "REASON_UNSPECIFIED" => Ok(Reason::Unspecified),
                    "REASON_ANSWER_RATE_FELL" => Ok(Reason::AnswerRateFell),
                    "REASON_PACE_OVER_CAP" => Ok(Reason::PaceOverCap),
                    _ => Ok(Reason::default()),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Slice {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.topic.is_empty() {
            len += 1;
        }
        if self.partition != 0 {
            len += 1;
        }
        if self.from != 0 {
            len += 1;
        }
        if self.to != 0 {
            len += 1;
        }
        if self.records != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("callwarden.v1.Slice", len)?;
        if !self.topic.is_empty() {
            struct_ser.serialize_field("topic", &self.topic)?;
        }
        if self.partition != 0 {
            struct_ser.serialize_field("partition", &self.partition)?;
        }
        if self.from != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("from", ToString::to_string(&self.from).as_str())?;
        }
        if self.to != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("to", ToString::to_string(&self.to).as_str())?;
        }
        if self.records != 0 {
            struct_ser.serialize_field("records", &self.records)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Slice {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "topic",
            "partition",
            "from",
            "to",
            "records",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Topic,
            Partition,
            From,
            To,
            Records,
            __SkipField__,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "topic" => Ok(GeneratedField::Topic),
                            "partition" => Ok(GeneratedField::Partition),
                            "from" => Ok(GeneratedField::From),
                            "to" => Ok(GeneratedField::To),
                            "records" => Ok(GeneratedField::Records),
                            _ => Ok(GeneratedField::__SkipField__),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Slice;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct callwarden.v1.Slice")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Slice, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut topic__ = None;
                let mut partition__ = None;
                let mut from__ = None;
                let mut to__ = None;
                let mut records__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Topic => {
                            if topic__.is_some() {
                                return Err(serde::de::Error::duplicate_field("topic"));
                            }
                            topic__ = map_.next_value()?;
                        }
                        GeneratedField::Partition => {
                            if partition__.is_some() {
                                return Err(serde::de::Error::duplicate_field("partition"));
                            }
                            partition__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::From => {
                            if from__.is_some() {
                                return Err(serde::de::Error::duplicate_field("from"));
                            }
                            from__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::To => {
                            if to__.is_some() {
                                return Err(serde::de::Error::duplicate_field("to"));
                            }
                            to__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::Records => {
                            if records__.is_some() {
                                return Err(serde::de::Error::duplicate_field("records"));
                            }
                            records__ = 
                                map_.next_value::<Option<::pbjson::private::NumberDeserialize<_>>>()?.map(|x| x.0)
                            ;
                        }
                        GeneratedField::__SkipField__ => {
                            let _ = map_.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(Slice {
                    topic: topic__.unwrap_or_default(),
                    partition: partition__.unwrap_or_default(),
                    from: from__.unwrap_or_default(),
                    to: to__.unwrap_or_default(),
                    records: records__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("callwarden.v1.Slice", FIELDS, GeneratedVisitor)
    }
}
