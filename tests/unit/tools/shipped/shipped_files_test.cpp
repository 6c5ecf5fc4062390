#include "tests/unit/sim/temporary_folder.h"
#include "tools/shipped/shipped_files.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::tests::TemporaryFolder;
using Names = std::vector<std::string>;

TEST_CASE("every shipped file says in one sentence what it is")
{
  for (const FileKindRow& row : file_kinds()) {
    const Names names = shipped_names("configs", row.kind);
    CHECK_FALSE(names.empty());
    for (const std::string& name : names) {
      INFO(row.folder << "/" << name);
      const std::string sentence = sentence_of(shipped_path("configs", row.kind, name));
      CHECK(sentence.size() > 10);
      CHECK(sentence.size() < 250);
      CHECK(sentence.find("cmsim") == std::string::npos);
    }
  }
}

TEST_CASE("the sentence of a file is the first of its description, or of the comment at its top")
{
  const TemporaryFolder folder;
  CHECK(sentence_of(folder.with("a.yaml", "# Decode of 3.1 B, see v2 5.1\n# on two lines. And more.\nname: x\n")) ==
        "Decode of 3.1 B, see v2 5.1 on two lines");
  CHECK(sentence_of(folder.with("b.yaml", "# What matters:\n#\n# More.\nname: x\n")) == "What matters");
  CHECK(sentence_of(folder.with("c.yaml", "# A comment.\ndescription: The description. And more.\n")) ==
        "The description");
  CHECK(sentence_of(folder.with("d.yaml", "name: x\n# Later.\n")).empty());
  CHECK(sentence_of(folder.file("missing.yaml")).empty());
}

TEST_CASE("the nearest names are offered, and those that contain the word")
{
  const Names names{"decode-dense", "decode-ep320", "ep", "h800-decode-ep144", "p2p"};
  CHECK(near_names("decode-ep32", names) == Names{"decode-ep320"});
  CHECK(near_names("Decode", names) == Names{"decode-dense", "decode-ep320", "h800-decode-ep144"});
  CHECK(near_names("zzzzzz", names).empty());
  CHECK(near_names("", names).empty());
  CHECK(name_advice("decode-ep32", names) == "; did you mean \"decode-ep320\"?");
  CHECK(name_advice("decode", names) == "; did you mean \"decode-dense\", \"decode-ep320\" or \"h800-decode-ep144\"?");
  CHECK(name_advice("zzzzzz", Names{"ep", "p2p"}) == "; available: ep, p2p");
  CHECK(name_advice("zzzzzz", {}).empty());
}
