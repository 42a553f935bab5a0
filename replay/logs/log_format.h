// The formats of logs that are read, one row each: a new one is a file with its two functions and
// a row in formats.cpp. What a format's log does not tell stays absent in its records.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "replay/logs/record.h"

namespace aipol::replay::logs {

struct LogFormat {
  std::string_view name;  // of --log-format
  // Whether the document is of this format; asked in the order of the table.
  bool (*matches)(const json& document);
  // Makes records of one document: the whole one, or an element of the array that it consists of.
  // Null: lines are records already.
  void (*translate)(const json& document, Records& out);
};

std::span<const LogFormat> log_formats();
const LogFormat* find_log_format(std::string_view name);  // null where there is none
const LogFormat* recognise(const json& document);         // null where none matches
// "jsonl, litellm, …", for messages.
std::string log_format_names();

// The rows' functions.
bool is_contract(const json& document);
bool is_litellm(const json& document);
void translate_litellm(const json& document, Records& out);
bool is_envoy(const json& document);
void translate_envoy(const json& document, Records& out);
bool is_otlp(const json& document);
void translate_otlp(const json& document, Records& out);
bool is_har(const json& document);
void translate_har(const json& document, Records& out);
bool is_opa(const json& document);
void translate_opa(const json& document, Records& out);
bool is_portkey(const json& document);
void translate_portkey(const json& document, Records& out);

}  // namespace aipol::replay::logs
